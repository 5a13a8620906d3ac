import { assignSame, mapSame } from '../../api/share.ts'
import { isExternallyAccessible, mayHaveNodePorts, needsClusterIp, needsHealthPort, nodePortsOf, sameClusterIps, sameFamilies } from './needs.ts'
import type { Service, ServiceSpec } from './service.ts'

function withoutAddress(spec: ServiceSpec, was: ServiceSpec): ServiceSpec {
  return assignSame(spec, {
    ...(sameClusterIps(was, spec) ? { clusterIP: undefined, clusterIPs: undefined } : {}),
    ...(sameFamilies(was, spec) ? { ipFamilies: undefined } : {}),
    ...(was.ipFamilyPolicy === spec.ipFamilyPolicy ? { ipFamilyPolicy: undefined } : {}),
  })
}

/**
 * What belongs to the old type and was not touched goes when the type changes (registry/core/service:
 * dropTypeDependentFields); so does what a load balancer wrote.
 */
export function dropTypeDependent(next: Service, old: Service): Service {
  const was = old.spec
  let spec = needsClusterIp(was) && !needsClusterIp(next.spec) ? withoutAddress(next.spec, was) : next.spec
  const had = new Set(nodePortsOf(was))
  if (mayHaveNodePorts(was) && !mayHaveNodePorts(spec) && nodePortsOf(spec).every((n) => had.has(n))) {
    spec = assignSame(spec, { ports: mapSame(spec.ports, (p) => assignSame(p, { nodePort: undefined })) })
  }
  if (needsHealthPort(was) && !needsHealthPort(spec) && (was.healthCheckNodePort ?? 0) === (spec.healthCheckNodePort ?? 0)) spec = assignSame(spec, { healthCheckNodePort: undefined })
  if (was.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (was.allocateLoadBalancerNodePorts === spec.allocateLoadBalancerNodePorts) spec = assignSame(spec, { allocateLoadBalancerNodePorts: undefined })
    if (was.loadBalancerClass === spec.loadBalancerClass) spec = assignSame(spec, { loadBalancerClass: undefined })
  }
  if (isExternallyAccessible(was) && !isExternallyAccessible(spec) && was.externalTrafficPolicy === spec.externalTrafficPolicy) {
    spec = assignSame(spec, { externalTrafficPolicy: undefined })
  }
  const isStale = spec.type !== 'LoadBalancer' && next.status?.loadBalancer?.ingress !== undefined
  return assignSame(next, { spec, ...(isStale ? { status: { ...next.status, loadBalancer: {} } } : {}) })
}
