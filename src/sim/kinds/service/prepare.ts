import { deepEqual } from '../../api/deep.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import type { Service, ServiceSpec } from './service.ts'

const needsClusterIp = (s: ServiceSpec): boolean => s.type === 'ClusterIP' || s.type === 'NodePort' || s.type === 'LoadBalancer'
const needsNodePort = (s: ServiceSpec): boolean => s.type === 'NodePort' || (s.type === 'LoadBalancer' && s.allocateLoadBalancerNodePorts !== false)
const needsHealthPort = (s: ServiceSpec): boolean => s.type === 'LoadBalancer' && s.externalTrafficPolicy === 'Local'
const external = (s: ServiceSpec): boolean => s.type === 'LoadBalancer' || s.type === 'NodePort' || (s.type === 'ClusterIP' && (s.externalIPs ?? []).length > 0)

const sameNodePorts = (a: ServiceSpec, b: ServiceSpec): boolean => {
  const ports = (s: ServiceSpec): readonly number[] => (s.ports ?? []).map((p) => p.nodePort ?? 0).filter((n) => n !== 0)
  const had = new Set(ports(a))
  return ports(b).every((n) => had.has(n))
}

/**
 * What belongs to the old type and was not touched goes when the type changes (registry/core/service:
 * dropTypeDependentFields); fields that the API server allocated and an update leaves out are kept (patchAllocatedValues).
 */
export function dropTypeDependent(next: Service, old: Service): Service {
  const was = old.spec
  let spec = patchAllocated(next.spec, was)
  if (needsClusterIp(was) && !needsClusterIp(spec)) {
    const same = deepEqual([was.clusterIP, was.clusterIPs], [spec.clusterIP, spec.clusterIPs])
    spec = assignSame(spec, {
      ...(same ? { clusterIP: undefined, clusterIPs: undefined } : {}),
      ...(deepEqual(was.ipFamilies, spec.ipFamilies) ? { ipFamilies: undefined } : {}),
      ...(was.ipFamilyPolicy === spec.ipFamilyPolicy ? { ipFamilyPolicy: undefined } : {}),
    })
  }
  if (needsNodePort(was) && !needsNodePort(spec) && sameNodePorts(was, spec)) spec = assignSame(spec, { ports: mapSame(spec.ports, (p) => assignSame(p, { nodePort: undefined })) })
  if (needsHealthPort(was) && !needsHealthPort(spec) && was.healthCheckNodePort === spec.healthCheckNodePort) spec = assignSame(spec, { healthCheckNodePort: undefined })
  if (was.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (was.allocateLoadBalancerNodePorts === spec.allocateLoadBalancerNodePorts) spec = assignSame(spec, { allocateLoadBalancerNodePorts: undefined })
    if (was.loadBalancerClass === spec.loadBalancerClass) spec = assignSame(spec, { loadBalancerClass: undefined })
  }
  if (external(was) && !external(spec) && was.externalTrafficPolicy === spec.externalTrafficPolicy) spec = assignSame(spec, { externalTrafficPolicy: undefined })
  const status = spec.type === 'LoadBalancer' ? next.status : assignSame(next.status ?? {}, { loadBalancer: {} })
  return assignSame(next, { spec, status: deepEqual(status, next.status) ? next.status : status })
}

function patchAllocated(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  let next = spec
  if (needsClusterIp(was) && needsClusterIp(spec)) {
    next = assignSame(next, { clusterIP: spec.clusterIP || was.clusterIP, clusterIPs: spec.clusterIPs ?? (spec.clusterIP && spec.clusterIP !== was.clusterIP ? undefined : was.clusterIPs) })
  }
  if (needsNodePort(was) && needsNodePort(spec)) {
    const taken = new Set((spec.ports ?? []).map((p) => p.nodePort ?? 0))
    next = assignSame(next, {
      ports: mapSame(next.ports, (p) => {
        if (p.nodePort) return p
        const before = (was.ports ?? []).find((q) => q.port === p.port && q.protocol === p.protocol)?.nodePort
        return before && !taken.has(before) ? { ...p, nodePort: before } : p
      }),
    })
  }
  if (needsHealthPort(was) && needsHealthPort(spec) && !spec.healthCheckNodePort) next = assignSame(next, { healthCheckNodePort: was.healthCheckNodePort })
  return next
}
