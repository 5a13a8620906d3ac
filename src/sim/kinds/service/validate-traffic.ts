import { at, forbiddenField, invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import { isQualifiedName } from '../../api/names.ts'
import { legacyCidr } from '../../api/validate/cidr.ts'
import { named } from '../../api/validate/simple.ts'
import type { ServiceSpec } from './service.ts'

const external = (s: ServiceSpec): boolean =>
  s.type === 'LoadBalancer' || s.type === 'NodePort' || (s.type === 'ClusterIP' && (s.externalIPs ?? []).length > 0)

/** Load balancer fields: source ranges, class, node port allocation. */
export function validateLoadBalancer(spec: ServiceSpec, out: FieldError[]): void {
  const balanced = spec.type === 'LoadBalancer'
  const ranges = spec.loadBalancerSourceRanges ?? []
  if (ranges.length && !balanced) out.push(forbiddenField('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"))
  ranges.forEach((r, i) => out.push(...legacyCidr(r.trim(), at('spec.LoadBalancerSourceRanges', i))))
  if (balanced && spec.allocateLoadBalancerNodePorts === undefined) out.push(required('spec.allocateLoadBalancerNodePorts'))
  if (!balanced && spec.allocateLoadBalancerNodePorts !== undefined) {
    out.push(forbiddenField('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"))
  }
  if (spec.loadBalancerClass === undefined) return
  if (!balanced) out.push(forbiddenField('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"))
  else named(isQualifiedName, spec.loadBalancerClass, 'spec.loadBalancerClass', out)
}

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

/** Traffic policies, health check port and distribution. */
export function validateTraffic(spec: ServiceSpec, out: FieldError[]): void {
  const policy = spec.externalTrafficPolicy
  if (external(spec)) {
    if (!policy) out.push(required('spec.externalTrafficPolicy'))
    else if (policy !== 'Cluster' && policy !== 'Local') out.push(notSupported('spec.externalTrafficPolicy', policy, ['Cluster', 'Local']))
  } else if (policy) out.push(invalidValue('spec.externalTrafficPolicy', policy, 'may only be set for externally-accessible services'))
  const health = spec.healthCheckNodePort
  if (health !== undefined && health < 0) out.push(invalidValue('spec.healthCheckNodePort', health, 'must be greater than or equal to 0'))
  if (health && health > 65_535) out.push(invalidValue('spec.healthCheckNodePort', health, 'must be between 1 and 65535, inclusive'))
  if (health && !(spec.type === 'LoadBalancer' && policy === 'Local')) {
    out.push(invalidValue('spec.healthCheckNodePort', health, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
  }
  const internal = spec.internalTrafficPolicy
  if (spec.type !== 'ExternalName' && internal === undefined) out.push(required('spec.internalTrafficPolicy'))
  if (internal !== undefined && internal !== 'Cluster' && internal !== 'Local') out.push(notSupported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']))
  const distribution = spec.trafficDistribution
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution)) out.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS))
}
