import { at, child, duplicate, forbiddenField, goQuote, internalFieldError, invalidValue, type FieldError, type Path } from '../../api/field.ts'
import { isLabelValue, isQualifiedName } from '../../api/names.ts'
import type { Taint } from '../../api/scheduling.ts'
import { cidrWarnings, legacyCidr } from '../../api/validate/cidr.ts'
import { parseCidr } from '../../api/validate/ip.ts'
import { quantityValue } from '../../api/validate/resources.ts'
import { aboveZero, named, oneOf } from '../../api/validate/simple.ts'
import type { Node } from './node.ts'

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

function taints(list: readonly Taint[] | undefined, path: Path, out: FieldError[]): void {
  if (!list?.length) return
  const seen = new Set<string>()
  list.forEach((t, i) => {
    const here = at(path, i)
    named(isQualifiedName, t.key, child(here, 'key'), out)
    const bad = isLabelValue(t.value ?? '')
    if (bad.length) out.push(invalidValue(child(here, 'value'), t.value, bad.join(';')))
    oneOf(t.effect, EFFECTS, child(here, 'effect'), out)
    const id = `${t.effect} ${t.key}`
    if (seen.has(id)) {
      const shown = { Key: t.key, Value: t.value ?? '', Effect: t.effect, TimeAdded: t.timeAdded ?? null }
      const error = duplicate(here, shown)
      out.push({ ...error, body: `${error.body}: taints must be unique by key and effect pair` })
    }
    seen.add(id)
  })
}

function resources(node: Node, old: Node | undefined, out: FieldError[]): void {
  for (const which of ['capacity', 'allocatable'] as const) {
    const list = node.status?.[which]
    if (!list || list === old?.status?.[which]) continue
    for (const name of Object.keys(list).sort()) quantityValue(name, list[name]!, `status.${which}.${name}`, out)
  }
}

const FEATURE = /^[A-Z][A-Za-z0-9]*(\/[A-Za-z][A-Za-z0-9]*)*$/
const MAX_FEATURE = 253

/** core/validation: validateNodeDeclaredFeatures. */
function declaredFeatures(list: readonly string[] | undefined, out: FieldError[]): void {
  list?.forEach((name, i) => {
    const path = at('status.declaredFeatures', i)
    if (name.length > MAX_FEATURE) out.push(invalidValue(path, name, `invalid feature name ${goQuote(name)}: must be no more than ${MAX_FEATURE} characters`))
    else if (!FEATURE.test(name)) {
      const must = "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"
      out.push(invalidValue(path, name, `invalid feature name ${goQuote(name)}: ${must}`))
    }
    const next = list[i + 1]
    if (next === name) out.push(duplicate(at('status.declaredFeatures', i + 1), next))
    else if (next !== undefined && name > next) out.push(invalidValue(at('status.declaredFeatures', i + 1), next, 'list must be sorted alphabetically'))
  })
}

/**
 * core/validation: ValidateNode. The path of taints really starts at metadata. What the stored node (`old`) has too was in
 * order when it came, as long as every way to write it asks the same.
 */
export function validateNode(node: Node, old?: Node): readonly FieldError[] {
  const out: FieldError[] = []
  if (node.spec?.taints !== old?.spec?.taints) taints(node.spec?.taints, 'metadata.taints', out)
  resources(node, old, out)
  aboveZero(node.status?.nodeInfo?.swap?.capacity, 'metadata.nodeSwapStatus.capacity', out)
  if (node.status?.declaredFeatures !== old?.status?.declaredFeatures) declaredFeatures(node.status?.declaredFeatures, out)
  const cidrs = node.spec?.podCIDRs ?? []
  if (cidrs === old?.spec?.podCIDRs) return out
  cidrs.forEach((c, i) => out.push(...legacyCidr(c, at('spec.podCIDRs', i))))
  if (cidrs.length > 1) {
    const bad = cidrs.findIndex((c) => !parseCidr(c))
    if (bad >= 0) out.push(internalFieldError('spec.podCIDRs', `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${cidrs[bad]})`))
    const families = new Set(cidrs.map((c) => parseCidr(c)?.ip.family))
    if (bad >= 0 || families.size < 2 || cidrs.length > 2) out.push(invalidValue('spec.podCIDRs', cidrs, 'may specify no more than one CIDR for each IP family'))
  }
  return out
}

/** core/validation: ValidateNodeUpdate, also for the status. */
export function validateNodeUpdate(node: Node, old: Node): readonly FieldError[] {
  const out: FieldError[] = []
  resources(node, old, out)
  if (node.status?.declaredFeatures !== old.status?.declaredFeatures) declaredFeatures(node.status?.declaredFeatures, out)
  const seen = new Set<string>()
  ;(node.status?.addresses ?? []).forEach((a, i) => {
    const id = `${a.type} ${a.address}`
    if (seen.has(id)) out.push(duplicate(at('status.addresses', i), { Type: a.type, Address: a.address }))
    seen.add(id)
  })
  const was = old.spec?.podCIDRs ?? []
  const now = node.spec?.podCIDRs ?? []
  const cidr = 'node updates may not change podCIDR except from "" to valid'
  if (was.length > 0 && was !== now) {
    if (was.length !== now.length) out.push(forbiddenField('spec.podCIDRs', cidr))
    else was.forEach((c, i) => c !== now[i] && out.push(forbiddenField('spec.podCIDRs', cidr)))
  }
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) {
    out.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  }
  if (node.spec?.taints !== old.spec?.taints) taints(node.spec?.taints, 'metadata.taints', out)
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? '')) out.push(forbiddenField('spec.externalID', 'may not be updated'))
  return out
}

/** registry/core/node: nodeWarnings. */
export function nodeWarnings(node: Node): readonly string[] {
  const out: string[] = []
  if (node.spec?.configSource) out.push('spec.configSource: the feature is removed')
  if (node.spec?.externalID) out.push('spec.externalID: this field is deprecated, and is unused by Kubernetes')
  node.spec?.podCIDRs?.forEach((c, i) => out.push(...cidrWarnings(c, `spec.podCIDRs[${i}]`)))
  return out
}
