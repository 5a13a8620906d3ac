import { at, child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Label, isDns1123Subdomain } from '../../api/names.ts'
import { flowConditions } from '../../api/validate/flow-conditions.ts'
import { named } from '../../api/validate/simple.ts'
import type { FlowSchema, FlowSchemaSpec, NonResourceRule, PolicyRules, ResourceRule, Subject } from './flowschema.ts'

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const METHODS = ['ByNamespace', 'ByUser']
const MOST_PRECEDENCE = 10_000

const SUBJECTS: readonly (readonly [kind: string, field: 'serviceAccount' | 'user' | 'group'])[] = [['ServiceAccount', 'serviceAccount'], ['User', 'user'], ['Group', 'group']]

function subject(s: Subject, path: Path, out: FieldError[]): void {
  const mine = SUBJECTS.find(([kind]) => kind === s.kind)
  if (!mine) return void out.push(notSupported(child(path, 'kind'), s.kind ?? '', ['Group', 'ServiceAccount', 'User']))
  const [kind, name] = mine
  const value = s[name]
  const here = child(path, name)
  if (!value) out.push(required(here, `${name} is required when subject kind is '${kind}'`))
  else if (name === 'serviceAccount') {
    const account = s.serviceAccount!
    if (!account.name) out.push(required(child(here, 'name')))
    else if (account.name !== '*') named(isDns1123Subdomain, account.name, child(here, 'name'), out)
    if (account.namespace) named(isDns1123Label, account.namespace, child(here, 'namespace'), out)
    else out.push(required(child(here, 'namespace'), 'must specify namespace for service account'))
  } else if (!value.name) out.push(required(child(here, 'name')))
  for (const [otherKind, other] of SUBJECTS) {
    if (other !== name && s[other]) out.push(forbiddenField(child(path, other), `${other} is forbidden when subject kind is not '${otherKind}'`))
  }
}

function verbs(list: readonly string[], path: Path, out: FieldError[]): void {
  if (list.length === 0) out.push(required(path, 'verbs must contain at least one value'))
  else if (list.includes('*')) {
    if (list.length > 1) out.push(invalidValue(path, list, "if '*' is present, must not specify other verbs"))
  } else if (!list.every((v) => VERBS.includes(v))) out.push(notSupported(path, list, VERBS))
}

/** flowcontrol/validation: ValidateNonResourceURLPath. */
function url(text: string, path: Path, out: FieldError[]): void {
  const bad = (words: string): void => void out.push(invalidValue(path, text, words))
  const stars = text.split('*').length - 1
  if (!text) bad('must not be empty')
  else if (text === '/') return
  else if (!text.startsWith('/')) bad('must start with slash')
  else if (text.includes(' ')) bad('must not contain white-space')
  else if (text.includes('//')) bad('must not contain double slash')
  else if (stars > 1 || (stars === 1 && !text.endsWith('/*'))) bad('wildcard can only do suffix matching')
}

function nonResourceRule(r: NonResourceRule, path: Path, out: FieldError[]): void {
  verbs(r.verbs ?? [], child(path, 'verbs'), out)
  const urls = r.nonResourceURLs ?? []
  const here = child(path, 'nonResourceURLs')
  if (urls.length === 0) out.push(required(here, 'nonResourceURLs must contain at least one value'))
  else if (!urls.includes('*')) urls.forEach((u, i) => url(u, at(here, i), out))
  else if (urls.length > 1) out.push(invalidValue(here, urls, "if '*' is present, must not specify other non-resource URLs"))
}

function some(list: readonly string[], one: string, path: Path, out: FieldError[]): void {
  if (list.length === 0) out.push(required(path, `resource rules must supply at least one ${one}`))
  else if (list.length > 1 && list.includes('*')) out.push(invalidValue(path, list, `if '*' is present, must not specify other ${one}s`))
}

function resourceRule(r: ResourceRule, path: Path, out: FieldError[]): void {
  verbs(r.verbs ?? [], child(path, 'verbs'), out)
  some(r.apiGroups ?? [], 'api group', child(path, 'apiGroups'), out)
  some(r.resources ?? [], 'resource', child(path, 'resources'), out)
  const namespaces = r.namespaces ?? []
  const here = child(path, 'namespaces')
  if (namespaces.length === 0 && !r.clusterScope) out.push(required(here, 'resource rules that are not cluster scoped must supply at least one namespace'))
  else if (namespaces.includes('*')) {
    if (namespaces.length > 1) out.push(invalidValue(here, namespaces, "if '*' is present, must not specify other namespaces"))
  } else {
    namespaces.forEach((n, i) => {
      for (const m of isDns1123Label(n)) out.push(invalidValue(at(here, i), n, `each member of this list must be '*' or a DNS-1123 label; ${m}`))
    })
  }
}

function rules(r: PolicyRules, path: Path, out: FieldError[]): void {
  const subjects = child(path, 'subjects')
  if (r.subjects?.length) r.subjects.forEach((s, i) => subject(s, at(subjects, i), out))
  else out.push(required(subjects, 'subjects must contain at least one value'))
  if (!r.resourceRules?.length && !r.nonResourceRules?.length) out.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'))
  r.resourceRules?.forEach((x, i) => resourceRule(x, at(child(path, 'resourceRules'), i), out))
  r.nonResourceRules?.forEach((x, i) => nonResourceRule(x, at(child(path, 'nonResourceRules'), i), out))
}

const everything = (...groups: readonly string[]): readonly PolicyRules[] => [
  {
    subjects: groups.map((name) => ({ kind: 'Group', group: { name } })),
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  },
]

/** Schemas that every server has, exactly like this (apis/flowcontrol/bootstrap). */
const MANDATORY: Readonly<Record<string, FlowSchemaSpec>> = {
  exempt: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1, rules: everything('system:masters') },
  'catch-all': {
    priorityLevelConfiguration: { name: 'catch-all' },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: 'ByUser' },
    rules: everything('system:unauthenticated', 'system:authenticated'),
  },
}

/** flowcontrol/validation: ValidateFlowSchema. */
export function validateFlowSchema(f: FlowSchema): readonly FieldError[] {
  const out: FieldError[] = []
  const { spec } = f
  const { name } = f.metadata
  const precedence = spec.matchingPrecedence ?? 0
  const path = 'spec.matchingPrecedence'
  if (precedence <= 0) out.push(invalidValue(path, precedence, 'must be a positive value'))
  if (precedence > MOST_PRECEDENCE) out.push(invalidValue(path, precedence, `must not be greater than ${MOST_PRECEDENCE}`))
  if (precedence === 1 && name !== 'exempt') out.push(invalidValue(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"))
  if (spec.distinguisherMethod && !METHODS.includes(spec.distinguisherMethod.type ?? '')) {
    out.push(notSupported('spec.distinguisherMethod.type', goInternal('flowcontrol.FlowDistinguisherMethod', spec.distinguisherMethod), METHODS))
  }
  const level = spec.priorityLevelConfiguration?.name
  if (level) named(isDns1123Subdomain, level, 'spec.priorityLevelConfiguration.name', out)
  else out.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'))
  spec.rules?.forEach((r, i) => rules(r, at('spec.rules', i), out))
  const fixed = Object.hasOwn(MANDATORY, name) ? MANDATORY[name] : undefined
  if (fixed && !goEqual('flowcontrol.FlowSchemaSpec', spec, fixed)) {
    out.push(invalidValue('spec', goInternal('flowcontrol.FlowSchemaSpec', spec), `spec of '${name}' must equal the fixed value`))
  }
  flowConditions(f.status?.conditions, 'status.conditions', out)
  return out
}
