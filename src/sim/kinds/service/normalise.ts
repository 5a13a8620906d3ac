import { assignSame, mapSame } from '../../api/share.ts'
import { getsNodePorts, needsClusterIp, needsHealthPort, nodePortsOf, sameList } from './needs.ts'
import type { ServicePort, ServiceSpec } from './service.ts'

function keptNodePorts(spec: ServiceSpec, was: ServiceSpec): readonly ServicePort[] | undefined {
  const now = new Set(nodePortsOf(spec))
  const before = new Map((was.ports ?? []).map((p) => [p.name ?? '', p.nodePort]))
  return mapSame(spec.ports, (p) => {
    const had = before.get(p.name ?? '')
    return p.nodePort || !had || now.has(had) ? p : assignSame(p, { nodePort: had })
  })
}

/** What the server once gave out and an update leaves out stays (registry/core/service/storage: patchAllocatedValues). */
function keptValues(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  let next = spec
  if (needsClusterIp(was) && needsClusterIp(spec)) {
    next = assignSame(next, { clusterIP: spec.clusterIP || was.clusterIP, clusterIPs: spec.clusterIPs?.length ? spec.clusterIPs : was.clusterIPs })
  }
  if (getsNodePorts(was) && getsNodePorts(spec)) next = assignSame(next, { ports: keptNodePorts(next, was) })
  if (needsHealthPort(was) && needsHealthPort(spec)) next = assignSame(next, { healthCheckNodePort: spec.healthCheckNodePort || was.healthCheckNodePort })
  return next
}

/** `clusterIP` and `clusterIPs` follow one another, whichever of them a client knows (normalizeClusterIPs). */
function pairedAddresses(spec: ServiceSpec, was: ServiceSpec | undefined): ServiceSpec {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (!was) return clusterIP && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec
  const before = was.clusterIP ?? ''
  const filled = clusterIPs.length === 0 && before === clusterIP ? assignSame(spec, { clusterIPs: was.clusterIPs }) : spec
  if (before === clusterIP || !sameList(was.clusterIPs, filled.clusterIPs)) return filled
  return assignSame(filled, { clusterIPs: clusterIP ? [clusterIP] : undefined })
}

/** An update's wish with what the server fills in before it looks at it. */
export const normalised = (spec: ServiceSpec, was: ServiceSpec | undefined): ServiceSpec => pairedAddresses(was ? keptValues(spec, was) : spec, was)
