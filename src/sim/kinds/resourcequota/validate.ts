import { deepEqual } from '../../api/deep.ts'
import { at, child, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import type { ResourceList } from '../../api/quantity.ts'
import type { ResourceQuota, ResourceQuotaSpec, ScopeRequirement } from '../../api/quota.ts'
import { FIELD_IMMUTABLE } from '../../api/validate-meta.ts'
import { isHugePages, quantityValue, resourceName } from '../../api/validate/resources.ts'

const COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
const STANDARD: ReadonlySet<string> = new Set([
  ...COMPUTE, 'ephemeral-storage', 'requests.storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage', 'pods', 'resourcequotas', 'services',
  'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps', 'services.nodeports', 'services.loadbalancers',
])
const OF_PODS: ReadonlySet<string> = new Set(['pods', ...COMPUTE])
const OF_CLAIMS: ReadonlySet<string> = new Set(['persistentvolumeclaims', 'requests.storage'])

/** Standard resources that a scope can be applied to; absent: unknown scope. */
const SCOPES: Readonly<Record<string, ReadonlySet<string>>> = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  BestEffort: new Set(['pods']),
  VolumeAttributesClass: OF_CLAIMS,
}
const ONLY_EXISTS: ReadonlySet<string> = new Set(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'])
const ONLY_EXISTS_TEXT =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
const CONFLICTS = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const

const isStandard = (name: string): boolean => STANDARD.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')

function amounts(list: ResourceList | undefined, path: Path, out: FieldError[]): void {
  for (const name of Object.keys(list ?? {}).sort()) {
    const place = at(path, name)
    resourceName(name, place, out)
    if (!name.includes('/') && !isStandard(name)) out.push(invalidValue(place, name, 'must be a standard resource for quota'))
    quantityValue(name, list![name]!, place, out)
  }
}

/** pkg/apis/core/validation: ValidateResourceQuotaSpec, ValidateResourceQuotaStatus. */
export function validateQuota(quota: ResourceQuota): readonly FieldError[] {
  const out: FieldError[] = []
  const spec = quota.spec ?? {}
  amounts(spec.hard, 'spec.hard', out)
  scopes(spec, out)
  if (spec.scopeSelector) selector(spec, spec.scopeSelector, out)
  return out
}

function fits(scope: string, spec: ResourceQuotaSpec): number {
  const allowed = Object.hasOwn(SCOPES, scope) ? SCOPES[scope] : undefined
  return allowed ? Object.keys(spec.hard ?? {}).filter((name) => isStandard(name) && !allowed.has(name)).length : 0
}

function scopes(spec: ResourceQuotaSpec, out: FieldError[]): void {
  const path = 'spec.scopes'
  for (const scope of spec.scopes ?? []) {
    if (!Object.hasOwn(SCOPES, scope)) out.push(invalidValue(path, spec.scopes, 'unsupported scope'))
    for (let n = fits(scope, spec); n > 0; n--) out.push(invalidValue(path, spec.scopes, 'unsupported scope applied to resource'))
  }
  conflicts(new Set(spec.scopes), path, spec, out)
}

function conflicts(found: ReadonlySet<string>, path: Path, spec: ResourceQuotaSpec, out: FieldError[]): void {
  for (const [a, b] of CONFLICTS) if (found.has(a) && found.has(b)) out.push(invalidValue(path, spec.scopes ?? null, 'conflicting scopes'))
}

/** The selector as Go prints the internal struct. */
const shown = (expressions: readonly ScopeRequirement[]): object => ({
  MatchExpressions: expressions.map(({ scopeName, operator, values }) => ({ ScopeName: scopeName, Operator: operator, Values: values ?? null })),
})

function selector(spec: ResourceQuotaSpec, { matchExpressions = [] }: NonNullable<ResourceQuotaSpec['scopeSelector']>, out: FieldError[]): void {
  const path = 'spec.scopeSelector.matchExpressions'
  for (const expression of matchExpressions) {
    const { scopeName = '', operator = '', values = [] } = expression as Partial<ScopeRequirement>
    if (!Object.hasOwn(SCOPES, scopeName)) out.push(invalidValue(child(path, 'scopeName'), scopeName, 'unsupported scope'))
    for (let n = fits(scopeName, spec); n > 0; n--) out.push(invalidValue(path, shown(matchExpressions), 'unsupported scope applied to resource'))
    if (ONLY_EXISTS.has(scopeName) && operator !== 'Exists') out.push(invalidValue(child(path, 'operator'), operator, ONLY_EXISTS_TEXT))
    operators(operator, values, path, out)
  }
  conflicts(new Set(matchExpressions.map((e) => e.scopeName)), path, spec, out)
}

function operators(operator: string, values: readonly string[], path: Path, out: FieldError[]): void {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) out.push(required(child(path, 'values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"))
      return
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) out.push(invalidValue(child(path, 'values'), values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"))
      return
    default:
      out.push(invalidValue(child(path, 'operator'), operator, 'not a valid selector operator'))
  }
}

/** Scopes stay as they are. */
export function validateQuotaUpdate(quota: ResourceQuota, old: ResourceQuota): readonly FieldError[] {
  const sorted = (list: readonly string[] | undefined): readonly string[] => [...new Set(list)].sort()
  const errors = validateQuota(quota)
  return deepEqual(sorted(quota.spec?.scopes), sorted(old.spec?.scopes)) ? errors : [...errors, invalidValue('spec.scopes', quota.spec?.scopes ?? null, FIELD_IMMUTABLE)]
}

export function validateQuotaStatus(quota: ResourceQuota): readonly FieldError[] {
  const out: FieldError[] = []
  amounts(quota.status?.hard, 'status.hard', out)
  amounts(quota.status?.used, 'status.used', out)
  return out
}
