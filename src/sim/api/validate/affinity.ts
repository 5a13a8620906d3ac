import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, type Path } from '../field.ts'
import { validateLabelSelector, type LabelSelector } from '../labels.ts'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../names.ts'
import type { Affinity, NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, Toleration, TopologySpreadConstraint, WeightedPodAffinityTerm } from '../scheduling.ts'
import { aboveZero, named, type Errors } from './simple.ts'

function expression(r: NodeSelectorRequirement, allowBadValues: boolean, path: Path, out: Errors): void {
  const values = r.values ?? []
  const valuesPath = child(path, 'values')
  switch (r.operator as string) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) out.push(required(valuesPath, "must be specified when `operator` is 'In' or 'NotIn'"))
      break
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) out.push(forbiddenField(valuesPath, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      break
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) out.push(required(valuesPath, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
      break
    default:
      out.push(invalidValue(child(path, 'operator'), r.operator, 'not a valid selector operator'))
  }
  named(isQualifiedName, r.key, child(path, 'key'), out)
  if (!allowBadValues) values.forEach((v, i) => named(isLabelValue, v, at(valuesPath, i), out))
}

function fieldTerm(r: NodeSelectorRequirement, path: Path, out: Errors): void {
  if (r.operator === 'In' || r.operator === 'NotIn') {
    if (r.values?.length !== 1) out.push(required(child(path, 'values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
  } else out.push(invalidValue(child(path, 'operator'), r.operator, 'not a valid selector operator'))
  if (r.key !== 'metadata.name') out.push(invalidValue(child(path, 'key'), r.key, 'not a valid field selector key'))
  else r.values?.forEach((v, i) => named(isDns1123Subdomain, v, at(child(path, 'values'), i), out))
}

function nodeTerm(t: NodeSelectorTerm, allowBadValues: boolean, path: Path, out: Errors): void {
  t.matchExpressions?.forEach((r, i) => expression(r, allowBadValues, at(child(path, 'matchExpressions'), i), out))
  t.matchFields?.forEach((r, i) => fieldTerm(r, at(child(path, 'matchFields'), i), out))
}

/** Does a stored selector have values that no label can have? (helper: HasInvalidLabelValueInNodeSelectorTerms) */
export const badSelectorValues = (terms: readonly NodeSelectorTerm[] | undefined): boolean =>
  terms?.some((t) => t.matchExpressions?.some((e) => e.values?.some((v) => isLabelValue(v).length > 0))) ?? false

/** core/validation: ValidateNodeSelector. */
export function nodeSelector(selector: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] }, allowBadValues: boolean, path: Path, out: Errors): void {
  const terms = child(path, 'nodeSelectorTerms')
  if (!selector.nodeSelectorTerms?.length) return void out.push(required(terms, 'must have at least one node selector term'))
  selector.nodeSelectorTerms.forEach((t, i) => nodeTerm(t, allowBadValues, at(terms, i), out))
}

function nodeAffinity(a: NodeAffinity, path: Path, out: Errors): void {
  const wanted = a.requiredDuringSchedulingIgnoredDuringExecution
  if (wanted) nodeSelector(wanted, false, child(path, 'requiredDuringSchedulingIgnoredDuringExecution'), out)
  a.preferredDuringSchedulingIgnoredDuringExecution?.forEach((t, i) => {
    const here = at(child(path, 'preferredDuringSchedulingIgnoredDuringExecution'), i)
    weight(t.weight, here, out)
    nodeTerm(t.preference, true, child(here, 'preference'), out)
  })
}

function weight(n: number, path: Path, out: Errors): void {
  if (n <= 0 || n > 100) out.push(invalidValue(child(path, 'weight'), n, 'must be in the range 1-100'))
}

function labelKeys(keys: readonly string[] | undefined, selector: LabelSelector | undefined, path: Path, out: Errors): void {
  if (!keys?.length) return
  if (!selector) return void out.push(forbiddenField(path, 'must not be specified when labelSelector is not set'))
  keys.forEach((k, i) => named(isQualifiedName, k, at(path, i), out))
}

/** core/validation: ValidateMatchLabelKeysAndMismatchLabelKeys. */
function matchKeys(match: readonly string[] | undefined, mismatch: readonly string[] | undefined, selector: LabelSelector | undefined, path: Path, out: Errors): void {
  labelKeys(match, selector, child(path, 'matchLabelKeys'), out)
  labelKeys(mismatch, selector, child(path, 'mismatchLabelKeys'), out)
  if (selector) {
    const seen = new Set(Object.keys(selector.matchLabels ?? {}))
    for (const e of selector.matchExpressions ?? []) {
      const i = match?.lastIndexOf(e.key) ?? -1
      if (i >= 0 && seen.has(e.key)) out.push(invalidValue(at(path, i), e.key, 'exists in both matchLabelKeys and labelSelector'))
      seen.add(e.key)
    }
  }
  match?.forEach((k, i) => {
    if (mismatch?.includes(k)) out.push(invalidValue(at(child(path, 'matchLabelKeys'), i), k, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  })
}

function podTerm(t: PodAffinityTerm, path: Path, out: Errors): void {
  out.push(...validateLabelSelector(t.labelSelector, child(path, 'labelSelector')))
  out.push(...validateLabelSelector(t.namespaceSelector, child(path, 'namespaceSelector')))
  for (const name of t.namespaces ?? []) named(isDns1123Label, name, child(path, 'namespace'), out)
  matchKeys(t.matchLabelKeys, t.mismatchLabelKeys, t.labelSelector, path, out)
  if (!t.topologyKey) out.push(required(child(path, 'topologyKey'), 'can not be empty'))
  named(isQualifiedName, t.topologyKey ?? '', child(path, 'topologyKey'), out)
}

interface PodTerms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[]
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTerm[]
}

function podAffinity(a: PodTerms, path: Path, out: Errors): void {
  a.requiredDuringSchedulingIgnoredDuringExecution?.forEach((t, i) => podTerm(t, at(child(path, 'requiredDuringSchedulingIgnoredDuringExecution'), i), out))
  a.preferredDuringSchedulingIgnoredDuringExecution?.forEach((t, i) => {
    const here = at(child(path, 'preferredDuringSchedulingIgnoredDuringExecution'), i)
    weight(t.weight, here, out)
    podTerm(t.podAffinityTerm, child(here, 'podAffinityTerm'), out)
  })
}

/** core/validation: validateAffinity. */
export function affinity(a: Affinity | undefined, path: Path, out: Errors): void {
  if (!a) return
  if (a.nodeAffinity) nodeAffinity(a.nodeAffinity, child(path, 'nodeAffinity'), out)
  if (a.podAffinity) podAffinity(a.podAffinity, child(path, 'podAffinity'), out)
  if (a.podAntiAffinity) podAffinity(a.podAntiAffinity, child(path, 'podAntiAffinity'), out)
}

const NODE_POLICIES = ['Honor', 'Ignore']

/** core/validation: validateTopologySpreadConstraints. */
export function topologySpread(list: readonly TopologySpreadConstraint[] | undefined, path: Path, out: Errors): void {
  list?.forEach((c, i) => {
    const here = at(path, i)
    aboveZero(c.maxSkew, child(here, 'maxSkew'), out)
    if (!c.topologyKey) out.push(required(child(here, 'topologyKey'), 'can not be empty'))
    const when = c.whenUnsatisfiable as string
    if (when !== 'DoNotSchedule' && when !== 'ScheduleAnyway') out.push(notSupported(child(here, 'whenUnsatisfiable'), when, ['DoNotSchedule', 'ScheduleAnyway']))
    if (list.slice(i + 1).some((d) => d.topologyKey === c.topologyKey && d.whenUnsatisfiable === when)) {
      out.push(duplicate(child(here, '{topologyKey, whenUnsatisfiable}'), `{${c.topologyKey}, ${when}}`))
    }
    if (c.minDomains !== undefined) {
      aboveZero(c.minDomains, child(here, 'minDomains'), out)
      if (when !== 'DoNotSchedule') out.push(invalidValue(child(here, 'minDomains'), c.minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${when}`))
    }
    for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = c[key]
      if (policy !== undefined && !NODE_POLICIES.includes(policy)) out.push(notSupported(child(here, key), policy, NODE_POLICIES))
    }
    matchKeys(c.matchLabelKeys, undefined, c.labelSelector, here, out)
    out.push(...validateLabelSelector(c.labelSelector, child(here, 'labelSelector')))
  })
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** core/validation: ValidateTolerations. */
export function tolerations(list: readonly Toleration[] | undefined, path: Path, out: Errors): void {
  list?.forEach((t, i) => {
    const here = at(path, i)
    const operator = child(here, 'operator')
    const op = (t.operator ?? '') as string
    if (t.key) named(isQualifiedName, t.key, child(here, 'key'), out)
    if (!t.key && op !== 'Exists') out.push(invalidValue(operator, op, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'))
    if (t.tolerationSeconds !== undefined && t.effect !== 'NoExecute') {
      out.push(invalidValue(child(here, 'effect'), t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    if (op === 'Equal' || op === '') {
      const bad = isLabelValue(t.value ?? '')
      if (bad.length) out.push(invalidValue(operator, t.value, bad.join(';')))
    } else if (op === 'Exists') {
      if (t.value) out.push(invalidValue(operator, t.value, "value must be empty when `operator` is 'Exists'"))
    } else if (op === 'Lt' || op === 'Gt') out.push(notSupported(operator, op, ['Equal', 'Exists', 'Lt', 'Gt']))
    else out.push(notSupported(operator, op, ['Equal', 'Exists']))
    if (t.effect && !EFFECTS.includes(t.effect)) out.push(notSupported(child(here, 'effect'), t.effect, EFFECTS))
  })
}
