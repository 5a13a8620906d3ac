import { at, child, duplicate, invalidValue, notSupported, required, tooMany, type FieldError, type Path } from '../api/field.ts'
import { validateLabelSelector, type LabelSelector } from '../api/labels.ts'
import { isDns1035Label, isDns1123Subdomain, isPathSegmentName, isQualifiedName } from '../api/names.ts'
import { mapSame } from '../api/share.ts'
import { admissionDeclarations, EXPECTED, type AdmissionScope } from '../cel/admission.ts'
import { compile, isFailure } from '../cel/program.ts'
import type { CelType } from '../cel/types.ts'
import type { MatchCondition, MatchResources, ParamKind, ParamRef, RuleWithOperations } from './admission-types.ts'

export const FAILURE_POLICIES = ['Fail', 'Ignore']
export const MATCH_POLICIES = ['Equivalent', 'Exact']
export const REINVOCATION_POLICIES = ['IfNeeded', 'Never']
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
const MOST_CONDITIONS = 64

/** An enumeration's value, where one is given. */
export function oneOf(value: string | undefined, valid: readonly string[], path: Path): FieldError[] {
  return value === undefined || valid.includes(value) ? [] : [notSupported(path, value, valid)]
}

/** One of several is demanded. */
export const mustBeOneOf = (value: string | undefined, valid: readonly string[], path: Path): FieldError[] => (value === undefined ? [required(path)] : oneOf(value, valid, path))

/** Operations, groups, versions and resources (pkg/apis/admissionregistration/validation: validateRuleWithOperations). */
export function validateRule(rule: RuleWithOperations, path: Path): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const out: FieldError[] = operations.length === 0 ? [required(child(path, 'operations'))] : []
  alone(operations, child(path, 'operations'), 'operations', out)
  for (const [i, operation] of operations.entries()) out.push(...oneOf(operation, OPERATIONS, at(child(path, 'operations'), i)))
  if (apiGroups.length === 0) out.push(required(child(path, 'apiGroups')))
  alone(apiGroups, child(path, 'apiGroups'), 'API groups', out)
  if (apiVersions.length === 0) out.push(required(child(path, 'apiVersions')))
  alone(apiVersions, child(path, 'apiVersions'), 'API versions', out)
  for (const [i, version] of apiVersions.entries()) if (version === '') out.push(required(at(child(path, 'apiVersions'), i)))
  validateResources(resources, child(path, 'resources'), out)
  return [...out, ...oneOf(scope, SCOPES, child(path, 'scope'))]
}

function alone(list: readonly string[], path: Path, what: string, out: FieldError[]): void {
  if (list.length > 1 && list.includes('*')) out.push(invalidValue(path, list, `if '*' is present, must not specify other ${what}`))
}

function validateResources(resources: readonly string[], path: Path, out: FieldError[]): void {
  if (resources.length === 0) out.push(required(path))
  const wholes = new Set<string>()
  const subs = new Set<string>()
  let hasPlain = false
  for (const [i, text] of resources.entries()) {
    if (text === '') {
      out.push(required(at(path, i)))
      continue
    }
    const slash = text.indexOf('/')
    if (slash < 0) {
      hasPlain = text !== '*'
      continue
    }
    const [resource, sub] = [text.slice(0, slash), text.slice(slash + 1)]
    if (wholes.has(resource)) out.push(invalidValue(at(path, i), text, `if '${resource}/*' is present, must not specify ${text}`))
    if (subs.has(sub)) out.push(invalidValue(at(path, i), text, `if '*/${sub}' is present, must not specify ${text}`))
    if (sub === '*') wholes.add(resource)
    if (resource === '*') subs.add(sub)
  }
  if (resources.length > 1 && resources.includes('*/*')) out.push(invalidValue(path, resources, "if '*/*' is present, must not specify other resources"))
  if (resources.includes('*') && hasPlain) out.push(invalidValue(path, resources, "if '*' is present, must not specify other resources without subresources"))
}

/** What a policy or binding matches (validateMatchResources). */
export function validateMatchResources(match: MatchResources | undefined, path: Path): FieldError[] {
  if (!match) return []
  const selector = (given: LabelSelector | undefined, place: Path): readonly FieldError[] => (given ? validateLabelSelector(given, place) : [required(place)])
  return [
    ...mustBeOneOf(match.matchPolicy, MATCH_POLICIES, child(path, 'matchPolicy')),
    ...selector(match.namespaceSelector, child(path, 'namespaceSelector')),
    ...selector(match.objectSelector, child(path, 'objectSelector')),
    ...(match.resourceRules ?? []).flatMap((rule, i) => validateNamedRule(rule, at(child(path, 'resourceRules'), i))),
    ...(match.excludeResourceRules ?? []).flatMap((rule, i) => validateNamedRule(rule, at(child(path, 'excludeResourceRules'), i))),
  ]
}

function validateNamedRule(rule: RuleWithOperations, path: Path): FieldError[] {
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, name] of (rule.resourceNames ?? []).entries()) {
    const place = at(child(path, 'resourceNames'), i)
    for (const wrong of isPathSegmentName(name)) out.push(invalidValue(place, name, wrong))
    if (seen.has(name)) out.push(duplicate(place, name))
    seen.add(name)
  }
  return [...out, ...validateRule(rule, path)]
}

/** The error of an expression that does not compile, or nothing. `shown` is what the message quotes. */
export function validateExpression(source: string, scope: AdmissionScope, expected: readonly CelType[], path: Path, shown = source): FieldError[] {
  const made = compile(source, admissionDeclarations(scope), expected)
  return isFailure(made) ? [invalidValue(path, shown, made.error)] : []
}

/** Conditions that narrow what is matched (validateMatchConditions). */
export function validateMatchConditions(conditions: readonly MatchCondition[] | undefined, hasParams: boolean, path: Path): FieldError[] {
  const all = conditions ?? []
  const out: FieldError[] = all.length > MOST_CONDITIONS ? [tooMany(path, all.length, MOST_CONDITIONS)] : []
  const seen = new Set<string>()
  for (const [i, condition] of all.entries()) {
    const { name = '', expression = '' } = (condition ?? {}) as Partial<MatchCondition>
    const place = at(path, i)
    const source = expression.trim()
    if (!source) out.push(required(child(place, 'expression')))
    else out.push(...validateExpression(source, { params: hasParams, authorizer: true }, EXPECTED.validation, child(place, 'expression')))
    if (!name) {
      out.push(required(child(place, 'name')))
      continue
    }
    for (const wrong of isQualifiedName(name)) out.push(invalidValue(child(place, 'name'), name, wrong))
    if (seen.has(name)) out.push(duplicate(child(place, 'name'), name))
    seen.add(name)
  }
  return out
}

/** The kind of a policy's parameters (validateParamKind). */
export function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: Path): FieldError[] {
  const out: FieldError[] = []
  const place = child(path, 'apiVersion')
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/')
  const [group, version] = parts.length === 1 ? ['', parts[0]!] : [parts[0]!, parts[1]!]
  if (!apiVersion) out.push(required(place))
  else if (parts.length > 2) out.push(invalidValue(place, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  else {
    const wrong = group ? isDns1123Subdomain(group) : []
    if (wrong.length > 0) out.push(invalidValue(place, group, wrong.join(',')))
    const bad = version ? isDns1035Label(version) : []
    if (!version) out.push(invalidValue(place, apiVersion, 'version must be specified'))
    else if (bad.length > 0) out.push(invalidValue(place, version, bad.join(',')))
  }
  const badKind = kind ? isDns1035Label(kind.toLowerCase()) : []
  if (!kind) out.push(required(child(path, 'kind')))
  else if (badKind.length > 0) out.push(invalidValue(child(path, 'kind'), kind, `may have mixed case, but should otherwise match: ${badKind.join(',')}`))
  return out
}

/** Where a binding's parameters are (validateParamRef). */
export function validateParamRef(ref: ParamRef | undefined, path: Path): FieldError[] {
  if (!ref) return []
  const { name = '', selector, parameterNotFoundAction: action } = ref
  const exclusive = 'name and selector are mutually exclusive'
  const forbidden = (place: Path): FieldError => ({ type: 'FieldValueForbidden', field: place, body: `Forbidden: ${exclusive}` })
  const out: FieldError[] = []
  if (name) for (const wrong of isPathSegmentName(name)) out.push(invalidValue(child(path, 'name'), name, wrong))
  if (name && selector) out.push(forbidden(child(path, 'name')))
  if (selector) out.push(...validateLabelSelector(selector, child(path, 'selector')))
  if (name && selector) out.push(forbidden(child(path, 'selector')))
  if (!name && !selector) out.push(required(path, 'one of name or selector must be specified'))
  const place = child(path, 'parameterNotFoundAction')
  return action ? [...out, ...oneOf(action, ['Deny', 'Allow'], place)] : [...out, required(place)]
}

/** Every rule is about all scopes unless it says otherwise. */
export const defaultRules = (rules: readonly RuleWithOperations[] | undefined): readonly RuleWithOperations[] | undefined =>
  mapSame(rules, (rule) => (rule.scope === undefined ? { ...rule, scope: '*' } : rule))

/** pkg/apis/admissionregistration/v1: SetDefaults_MatchResources. */
export function defaultMatch(match: MatchResources): MatchResources {
  const { resourceRules, excludeResourceRules } = match
  return {
    ...match,
    matchPolicy: match.matchPolicy ?? 'Equivalent',
    namespaceSelector: match.namespaceSelector ?? {},
    objectSelector: match.objectSelector ?? {},
    ...(resourceRules ? { resourceRules: defaultRules(resourceRules) } : {}),
    ...(excludeResourceRules ? { excludeResourceRules: defaultRules(excludeResourceRules) } : {}),
  }
}
