import { formatLabelSelector } from '../../api/labels.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { NetworkPolicy, NetworkPolicyPort } from './networkpolicy.ts'
import { networkPolicyWarnings, validateNetworkPolicy, validateNetworkPolicyUpdate } from './validate.ts'

const defaultPort = (p: NetworkPolicyPort): NetworkPolicyPort => assignSame(p, { protocol: p.protocol ?? 'TCP' })
const withPorts = <T extends { readonly ports?: readonly NetworkPolicyPort[] }>(r: T): T => {
  const ports = mapSame(r.ports, defaultPort)
  return ports === r.ports ? r : { ...r, ports }
}

/** networking.k8s.io/v1 NetworkPolicy (registry/networking/networkpolicy: strategy.go). */
export const networkPolicyKind = defineKind<NetworkPolicy>('networking.k8s.io', 'v1', 'NetworkPolicy', {
  generation: true,
  defaults(p) {
    const given = p.spec ?? {}
    const policyTypes = given.policyTypes?.length ? given.policyTypes : ['Ingress', ...(given.egress?.length ? ['Egress'] : [])]
    return assignSame(p, { spec: assignSame(given, { policyTypes, ingress: mapSame(given.ingress, withPorts), egress: mapSame(given.egress, withPorts) }) })
  },
  validate: validateNetworkPolicy,
  validateUpdate: validateNetworkPolicyUpdate,
  warnings: networkPolicyWarnings,
  columns: [nameColumn, textColumn('Pod-Selector', (p) => formatLabelSelector(p.spec.podSelector)), ageColumn],
}, false)
