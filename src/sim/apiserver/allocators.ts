import { invalidValue } from '../api/field.ts'
import type { KubeObject } from '../api/meta.ts'
import { internalError, invalid } from '../api/status.ts'
import type { Service } from '../kinds/service/service.ts'
import type { Execution, Outcome } from './execution.ts'

const CLUSTER_NET = '10.96.'
const NODE_PORT_FIRST = 30_000
const NODE_PORT_LAST = 32_767

/** Gives Services their cluster IP and node ports (registry/core/service: allocators); other kinds pass through. */
export function allocate(exec: Execution, object: KubeObject, old: KubeObject | undefined): Outcome<KubeObject> {
  if (exec.kind.plural !== 'services') return object
  const service = object as Service
  const withIp = clusterIp(exec, service, old as Service | undefined)
  return 'metadata' in withIp && 'spec' in withIp ? nodePorts(exec, withIp as Service, old as Service | undefined) : withIp
}

const others = (exec: Execution, self: Service): Service[] =>
  exec.store
    .keys('services')
    .map((key) => exec.store.get(key) as Service)
    .filter((s) => s.metadata.uid !== self.metadata.uid)

function clusterIp(exec: Execution, service: Service, old: Service | undefined): Outcome<KubeObject> {
  const spec = service.spec
  if (spec.type === 'ExternalName') return service
  const kept = spec.clusterIP || (old?.spec.type !== 'ExternalName' ? old?.spec.clusterIP : undefined)
  if (kept === 'None') return withIp(service, 'None')
  const taken = new Set(others(exec, service).map((s) => s.spec.clusterIP))
  if (kept) {
    if (!taken.has(kept)) return withIp(service, kept)
    const error = invalidValue('spec.clusterIPs', [kept], 'failed to allocate IP ' + kept + ': provided IP is already allocated')
    return invalid({ group: '', kind: 'Service' }, service.metadata.name, [error])
  }
  for (let attempt = 0; attempt < 10_000; attempt++) {
    // The upper part of the range, as Kubernetes keeps the lower one for addresses that users name.
    const n = 256 + exec.means.names.below(65_000 - 256)
    const ip = `${CLUSTER_NET}${Math.floor(n / 256)}.${n % 256}`
    if (!taken.has(ip)) return withIp(service, ip)
  }
  return internalError('failed to allocate a serviceIP: range is full')
}

const withIp = (service: Service, ip: string): Service => ({
  ...service,
  spec: { ...service.spec, clusterIP: ip, clusterIPs: [ip], ipFamilies: ['IPv4'], ipFamilyPolicy: service.spec.ipFamilyPolicy ?? 'SingleStack' },
})

function nodePorts(exec: Execution, service: Service, old: Service | undefined): Outcome<KubeObject> {
  const { type, ports } = service.spec
  if ((type !== 'NodePort' && type !== 'LoadBalancer') || !ports) return service
  const taken = new Set(others(exec, service).flatMap((s) => (s.spec.ports ?? []).map((p) => p.nodePort)))
  const given = ports.map((port, i) => {
    const before = old?.spec.ports?.find((p) => p.port === port.port && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) ?? old?.spec.ports?.[i]
    let nodePort = port.nodePort || before?.nodePort
    while (!nodePort || (nodePort !== port.nodePort && nodePort !== before?.nodePort && taken.has(nodePort)))
      nodePort = NODE_PORT_FIRST + exec.means.names.below(NODE_PORT_LAST - NODE_PORT_FIRST + 1)
    return { ...port, nodePort }
  })
  const clash = given.findIndex((p) => taken.has(p.nodePort))
  if (clash >= 0) {
    const error = invalidValue(`spec.ports[${clash}].nodePort`, given[clash]!.nodePort, 'provided port is already allocated')
    return invalid({ group: '', kind: 'Service' }, service.metadata.name, [error])
  }
  return { ...service, spec: { ...service.spec, ports: given } }
}
