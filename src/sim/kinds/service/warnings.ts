import { cidrWarnings } from '../../api/validate/cidr.ts'
import { ipWarnings } from '../../api/validate/ip.ts'
import { needsClusterIp } from './needs.ts'
import type { Service, ServiceSpec } from './service.ts'

const HINTS = 'service.kubernetes.io/topology-aware-hints'

function ofHeadless(spec: ServiceSpec): readonly string[] {
  return [
    ...(spec.loadBalancerIP ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(spec.externalIPs?.length ? ['spec.externalIPs is ignored for headless services'] : []),
    ...(spec.sessionAffinity === 'None' ? [] : ['spec.SessionAffinity is ignored for headless services']),
  ]
}

function ofName(spec: ServiceSpec): readonly string[] {
  if (spec.type === 'ExternalName') return spec.externalIPs?.length ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []
  return spec.externalName ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []
}

/** pkg/api/service: GetWarningsForService. */
export function serviceWarnings({ spec, metadata }: Service): readonly string[] {
  const isHeadless = spec.type === 'ClusterIP' && spec.clusterIP === 'None'
  const hasAddress = needsClusterIp(spec) && spec.clusterIP !== 'None'
  const external = spec.externalIPs ?? []
  return [
    ...(metadata.annotations?.[HINTS] === undefined ? [] : [`annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`]),
    ...(hasAddress ? (spec.clusterIPs ?? []).flatMap((ip, i) => ipWarnings(ip, `spec.clusterIPs[${i}]`)) : []),
    ...(isHeadless ? ofHeadless(spec) : []),
    ...external.flatMap((ip, i) => ipWarnings(ip, `spec.externalIPs[${i}]`)),
    ...(external.length > 0 && !isHeadless && spec.type !== 'ExternalName' ? ['spec.externalIPs is deprecated and may no longer be implemented in some clusters'] : []),
    ...(spec.loadBalancerIP ? ipWarnings(spec.loadBalancerIP, 'spec.loadBalancerIP') : []),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, i) => cidrWarnings(range, `spec.loadBalancerSourceRanges[${i}]`)),
    ...ofName(spec),
    ...(spec.trafficDistribution === 'PreferClose' ? ['spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'] : []),
  ]
}
