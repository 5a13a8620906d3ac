import type { Service } from './service.ts'

/** pkg/api/service: GetWarningsForService. */
export function serviceWarnings(service: Service): readonly string[] {
  const out: string[] = []
  if (service.metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    out.push('annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead')
  }
  const { spec } = service
  if (spec.type === 'LoadBalancer' && spec.loadBalancerIP) out.push('spec.loadBalancerIP: deprecated since v1.24; instead of relying on it, use an annotation of the load balancer')
  if (spec.type === 'ExternalName' && spec.externalIPs?.length) out.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (spec.type !== 'ExternalName' && spec.externalName) out.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  return out
}
