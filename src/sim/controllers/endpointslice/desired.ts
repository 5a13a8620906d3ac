import type { Node } from '../../kinds/node/node.ts'
import type { Pod } from '../../api/pod.ts'
import { isPodReady } from '../../api/pod.ts'
import { belongsInEndpoints, findPort, podReference, publishesHostname } from '../../client/services/pods.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Service } from '../../kinds/service/service.ts'

export type AddressType = 'IPv4' | 'IPv6'

/** Endpoints that share their ports, by identity. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Map<string, Endpoint>
}

/** Slices of the families that the Service has; both for a headless one that does not say. */
export function addressTypes(service: Service): readonly AddressType[] {
  const families = (service.spec.ipFamilies ?? []).filter((f): f is AddressType => f === 'IPv4' || f === 'IPv6')
  if (families.length > 0) return [...new Set(families)]
  const { clusterIP } = service.spec
  if (clusterIP && clusterIP !== 'None') return [clusterIP.includes(':') ? 'IPv6' : 'IPv4']
  return ['IPv4', 'IPv6']
}

/** Equal keys mean the same ports. */
export const portsKey = (ports: EndpointSlice['ports']): string =>
  (ports ?? []).map((p) => `${p.name ?? ''}|${p.protocol ?? ''}|${p.port ?? ''}|${p.appProtocol ?? ''}`).sort().join(',')

/** What makes two endpoints the same one: addresses, host name, target. */
export const endpointKey = (e: Endpoint): string => `${e.addresses.join(' ')}|${e.hostname ?? ''}|${e.targetRef?.uid ?? ''}|${e.targetRef?.name ?? ''}`

/**
 * What the Service's pods should be in slices, grouped by ports; `missing` names pods on nodes that do not exist
 * (endpointslice: reconciler.go).
 */
export function desiredEndpoints(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
  type: AddressType,
): { readonly groups: ReadonlyMap<string, PortGroup>; readonly missing: readonly Pod[] } {
  const groups = new Map<string, PortGroup>()
  const missing: Pod[] = []
  for (const pod of pods) {
    if (!belongsInEndpoints(pod, true)) continue
    const ports = portsOf(service, pod)
    const key = portsKey(ports)
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { ports, endpoints: new Map() }))
    const node = pod.spec.nodeName ? nodeOf(pod.spec.nodeName) : undefined
    if (!node && !service.spec.publishNotReadyAddresses) {
      missing.push(pod)
      continue
    }
    const endpoint = endpointOf(service, pod, node, type)
    if (endpoint.addresses.length > 0) group.endpoints.set(endpointKey(endpoint), endpoint)
  }
  return { groups, missing }
}

function portsOf(service: Service, pod: Pod): readonly EndpointPort[] {
  const out: EndpointPort[] = []
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(pod, servicePort)
    if (port === undefined) continue
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    out.push({ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) })
  }
  return out
}

function endpointOf(service: Service, pod: Pod, node: Node | undefined, type: AddressType): Endpoint {
  const serving = isPodReady(pod)
  const terminating = pod.metadata.deletionTimestamp !== undefined
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone']
  const ips = pod.status?.podIPs ?? (pod.status?.podIP ? [{ ip: pod.status.podIP }] : [])
  return {
    addresses: ips.map(({ ip }) => ip).filter((ip) => ip.includes(':') === (type === 'IPv6')),
    conditions: { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(publishesHostname(pod, service) ? { hostname: pod.spec.hostname } : {}),
    targetRef: podReference(pod),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    ...(zone ? { zone } : {}),
  }
}
