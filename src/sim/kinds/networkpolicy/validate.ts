import { at, child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { validateLabelSelector } from '../../api/labels.ts'
import { isPortName, isPortNumber } from '../../api/names.ts'
import { cidrWarnings, legacyCidr, strictSubset } from '../../api/validate/cidr.ts'
import { parseCidr } from '../../api/validate/ip.ts'
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from './networkpolicy.ts'

interface Options {
  readonly badValues: boolean
  /** Ranges that the stored policy has somewhere may stay as they are. */
  readonly ranges: readonly string[]
}

function port(p: NetworkPolicyPort, path: Path, out: FieldError[]): void {
  if (p.protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(p.protocol)) out.push(notSupported(child(path, 'protocol'), p.protocol, ['TCP', 'UDP', 'SCTP']))
  const end = child(path, 'endPort')
  if (p.port === undefined) {
    if (p.endPort !== undefined) out.push(invalidValue(end, p.endPort, 'may not be specified when `port` is not specified'))
  } else if (typeof p.port === 'number') {
    for (const m of isPortNumber(p.port)) out.push(invalidValue(child(path, 'port'), p.port, m))
    if (p.endPort === undefined) return
    if (p.endPort < p.port) out.push(invalidValue(end, p.port, 'must be greater than or equal to `port`'))
    for (const m of isPortNumber(p.endPort)) out.push(invalidValue(end, p.endPort, m))
  } else {
    if (p.endPort !== undefined) out.push(invalidValue(end, p.endPort, 'may not be specified when `port` is non-numeric'))
    for (const m of isPortName(p.port)) out.push(invalidValue(child(path, 'port'), p.port, m))
  }
}

function block(b: IPBlock, options: Options, path: Path, out: FieldError[]): void {
  if (!b.cidr) return void out.push(required(child(path, 'cidr')))
  out.push(...legacyCidr(b.cidr, child(path, 'cidr'), options.ranges))
  if (!parseCidr(b.cidr)) return
  b.except?.forEach((e, i) => {
    const here = at(child(path, 'except'), i)
    out.push(...legacyCidr(e, here, options.ranges))
    if (parseCidr(e) && !strictSubset(b.cidr, e)) out.push(invalidValue(here, e, 'must be a strict subset of `cidr`'))
  })
}

function peer(p: NetworkPolicyPeer, options: Options, path: Path, out: FieldError[]): void {
  out.push(...validateLabelSelector(p.podSelector, child(path, 'podSelector'), options.badValues))
  out.push(...validateLabelSelector(p.namespaceSelector, child(path, 'namespaceSelector'), options.badValues))
  if (p.ipBlock) block(p.ipBlock, options, child(path, 'ipBlock'), out)
  if (!p.podSelector && !p.namespaceSelector && !p.ipBlock) out.push(required(path, 'must specify a peer'))
  else if (p.ipBlock && (p.podSelector || p.namespaceSelector)) out.push(forbiddenField(path, 'may not specify both ipBlock and another peer'))
}

/** networking/validation: ValidateNetworkPolicySpec. */
function checkSpec(spec: NetworkPolicySpec, options: Options): readonly FieldError[] {
  const out: FieldError[] = [...validateLabelSelector(spec.podSelector ?? {}, 'spec.podSelector', options.badValues)]
  spec.ingress?.forEach((r, i) => {
    const path = at('spec.ingress', i)
    r.ports?.forEach((p, j) => port(p, at(child(path, 'ports'), j), out))
    r.from?.forEach((p, j) => peer(p, options, at(child(path, 'from'), j), out))
  })
  spec.egress?.forEach((r, i) => {
    const path = at('spec.egress', i)
    r.ports?.forEach((p, j) => port(p, at(child(path, 'ports'), j), out))
    r.to?.forEach((p, j) => peer(p, options, at(child(path, 'to'), j), out))
  })
  const types = spec.policyTypes ?? []
  if (types.length > 2) out.push(invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes'))
  else types.forEach((t, i) => void (t !== 'Ingress' && t !== 'Egress' && out.push(notSupported(at('spec.policyTypes', i), t, ['Ingress', 'Egress']))))
  return out
}

const blocks = (spec: NetworkPolicySpec): readonly (readonly [Path, IPBlock])[] => {
  const of = (rules: readonly (readonly NetworkPolicyPeer[] | undefined)[] | undefined, name: string, side: string) =>
    (rules ?? []).flatMap((peers, i) => (peers ?? []).flatMap((p, j) => (p.ipBlock ? [[`spec.${name}[${i}].${side}[${j}].ipBlock`, p.ipBlock] as const] : [])))
  return [...of(spec.ingress?.map((r) => r.from), 'ingress', 'from'), ...of(spec.egress?.map((r) => r.to), 'egress', 'to')]
}

export const validateNetworkPolicy = (p: NetworkPolicy): readonly FieldError[] => checkSpec(p.spec, { badValues: false, ranges: [] })

export const validateNetworkPolicyUpdate = (p: NetworkPolicy, old: NetworkPolicy): readonly FieldError[] =>
  checkSpec(p.spec, {
    badValues: validateLabelSelector(old.spec.podSelector, '').length > 0,
    ranges: blocks(old.spec).flatMap(([, b]) => [b.cidr, ...(b.except ?? [])]),
  })

export const networkPolicyWarnings = (p: NetworkPolicy): readonly string[] =>
  blocks(p.spec).flatMap(([path, b]) => [...cidrWarnings(b.cidr, child(path, 'cidr')), ...(b.except ?? []).flatMap((e, i) => cidrWarnings(e, at(child(path, 'except'), i)))])
