import type { ServiceSpec } from './service.ts'

/** What a Service of its type has (registry/core/service: needsClusterIP, needsNodePort …; pkg/api/v1/service). */
export const needsClusterIp = (s: ServiceSpec): boolean => s.type !== 'ExternalName'
export const isHeadless = (s: ServiceSpec): boolean => s.clusterIPs?.length === 1 && s.clusterIPs[0] === 'None'
export const needsHealthPort = (s: ServiceSpec): boolean => s.type === 'LoadBalancer' && s.externalTrafficPolicy === 'Local'
/** May it be given node ports? Whether it gets some that it did not ask for is another question. */
export const mayHaveNodePorts = (s: ServiceSpec): boolean => s.type === 'NodePort' || s.type === 'LoadBalancer'
export const getsNodePorts = (s: ServiceSpec): boolean => s.type === 'NodePort' || (s.type === 'LoadBalancer' && s.allocateLoadBalancerNodePorts !== false)
export const isExternallyAccessible = (s: ServiceSpec): boolean => mayHaveNodePorts(s) || (s.type === 'ClusterIP' && (s.externalIPs ?? []).length > 0)

export const sameList = (a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean => {
  const [x, y] = [a ?? [], b ?? []]
  return x.length === y.length && x.every((item, i) => item === y[i])
}
export const sameClusterIps = (a: ServiceSpec, b: ServiceSpec): boolean => (a.clusterIP ?? '') === (b.clusterIP ?? '') && sameList(a.clusterIPs, b.clusterIPs)
export const sameFamilies = (a: ServiceSpec, b: ServiceSpec): boolean => sameList(a.ipFamilies, b.ipFamilies)
export const nodePortsOf = (s: ServiceSpec): readonly number[] => (s.ports ?? []).flatMap((p) => (p.nodePort ? [p.nodePort] : []))
