import { invalidValue, type FieldError } from '../api/field.ts'
import type { KubeObject } from '../api/meta.ts'
import { internalError, invalid, isStatus, type Status } from '../api/status.ts'
import { withFamilies } from '../kinds/service/families.ts'
import { isHeadless, mayHaveNodePorts, needsHealthPort } from '../kinds/service/needs.ts'
import { normalised } from '../kinds/service/normalise.ts'
import type { Service, ServicePort, ServiceSpec } from '../kinds/service/service.ts'
import { freeAddress, refusedAddress } from './cluster-addresses.ts'
import type { Execution, Outcome } from './execution.ts'
import { NodePorts } from './node-ports.ts'

/** Families of the cluster's addresses, the default one first. */
const SERVED = ['IPv4'] as const

/**
 * Gives Services their families, cluster IP and node ports before anybody looks at what was sent (registry/core/service/
 * storage: alloc.go); other kinds pass through.
 */
export function allocate(exec: Execution, object: KubeObject, old: KubeObject | undefined): Outcome<KubeObject> {
  if (exec.kind.plural !== 'services' || exec.kind.group !== '') return object
  const was = old as Service | undefined
  const sent = object as Service
  const asked = { ...sent, spec: normalised(sent.spec, was?.spec) }
  const families = withFamilies(asked, was, SERVED)
  if ('errors' in families) return refused(sent, families.errors)
  const addressed = withAddress(exec, { ...asked, spec: families.spec }, was)
  if (isStatus(addressed)) return addressed
  const spec = withPorts(exec, addressed, was)
  return isStatus(spec) ? spec : { ...sent, spec }
}

const refused = ({ metadata }: KubeObject, errors: readonly FieldError[]): Status => invalid({ group: '', kind: 'Service' }, metadata.name, errors)

/** One address of the one family that this cluster serves; updates keep theirs. */
function withAddress(exec: Execution, service: Service, old: Service | undefined): Outcome<Service> {
  const { spec } = service
  if (spec.type === 'ExternalName' || isHeadless(spec)) return service
  if (old && old.spec.type !== 'ExternalName') return service
  const ips = spec.clusterIPs ?? []
  const refuse = (why: string): Status => refused(service, [invalidValue('spec.clusterIPs', ips, why)])
  const [named] = ips
  if (named) {
    const why = refusedAddress(exec, named)
    return why ? refuse(`failed to allocate IP ${named}: ${why}`) : service
  }
  const ip = freeAddress(exec)
  if (!ip) return internalError(`failed to allocate a serviceIP for Service "${service.metadata.name}": range is full`)
  return { ...service, spec: { ...spec, clusterIP: ip, clusterIPs: [ip] } }
}

function withPorts(exec: Execution, service: Service, old: Service | undefined): Outcome<ServiceSpec> {
  const pool = new NodePorts(exec, service)
  let { spec } = service
  if (mayHaveNodePorts(spec) && spec.ports) {
    const ports = old ? updatedPorts(service, old, pool) : newPorts(service, pool)
    if (isStatus(ports)) return ports
    spec = { ...spec, ports }
  }
  if (!needsHealthPort(spec) || (old && needsHealthPort(old.spec))) return spec
  if (!spec.healthCheckNodePort) {
    const healthCheckNodePort = pool.next()
    return healthCheckNodePort === undefined ? internalError('failed to allocate a HealthCheck NodePort 0: range is full') : { ...spec, healthCheckNodePort }
  }
  const why = pool.refusal(spec.healthCheckNodePort)
  return why ? internalError(`failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${why}`) : spec
}

const isGiven = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean => type === 'NodePort' || allocateLoadBalancerNodePorts !== false
const portsFull = (): Status => internalError('failed to allocate a nodePort: range is full')
const portRefused = (service: Service, i: number, port: number, why: string): Status => refused(service, [invalidValue(`spec.ports[${i}].nodePort`, port, why)])

/** Ports with the same number share a node port, e.g. DNS over TCP and UDP (initNodePorts). */
function newPorts(service: Service, pool: NodePorts): Outcome<readonly ServicePort[]> {
  const ports = service.spec.ports ?? []
  const byPort = new Map<number, number>()
  const out: ServicePort[] = []
  for (const [i, port] of ports.entries()) {
    const nodePort = port.nodePort || undefined
    const shared = byPort.get(port.port)
    if (!nodePort && !isGiven(service.spec)) out.push(port)
    else if (shared && (!nodePort || nodePort === shared)) out.push({ ...port, nodePort: shared })
    else {
      const wish = shared ? nodePort : ports.find((p) => p.port === port.port && p.nodePort)?.nodePort
      const why = wish ? pool.take(wish) : undefined
      if (why) return portRefused(service, i, wish!, why)
      const taken = wish ?? pool.next()
      if (taken === undefined) return portsFull()
      if (!shared) byPort.set(port.port, taken)
      out.push({ ...port, nodePort: taken })
    }
  }
  return out
}

/** What an update names is taken unless it was there before; what it leaves open is given (updateNodePorts). */
function updatedPorts(service: Service, old: Service, pool: NodePorts): Outcome<readonly ServicePort[]> {
  const before = new Set((old.spec.ports ?? []).map((p) => p.nodePort))
  const taken = new Set<number>()
  const out: ServicePort[] = []
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    const nodePort = port.nodePort || undefined
    if (nodePort) {
      const why = before.has(nodePort) || taken.has(nodePort) ? undefined : pool.take(nodePort)
      if (why) return portRefused(service, i, nodePort, why)
      taken.add(nodePort)
      out.push(port)
    } else if (isGiven(service.spec)) {
      const given = pool.next()
      if (given === undefined) return portsFull()
      out.push({ ...port, nodePort: given })
    } else out.push(port)
  }
  return out
}
