import { at, forbiddenField, invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import { isPortNumber, isQualifiedName } from '../../api/names.ts'
import { legacyCidr } from '../../api/validate/cidr.ts'
import { named } from '../../api/validate/simple.ts'
import { isExternallyAccessible, mayHaveNodePorts, needsHealthPort } from './needs.ts'
import type { Service, ServiceSpec } from './service.ts'

const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'"
const RANGES = 'spec.LoadBalancerSourceRanges'
const RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges'
export const CLASS = 'spec.loadBalancerClass'

function sourceRanges({ spec, metadata }: Service, old: Service | undefined, out: FieldError[]): void {
  const ranges = spec.loadBalancerSourceRanges ?? []
  const text = metadata.annotations?.[RANGES_ANNOTATION]
  const isBalanced = spec.type === 'LoadBalancer'
  if (ranges.length > 0) {
    if (!isBalanced) out.push(forbiddenField(RANGES, ONLY_BALANCED))
    const had = (old?.spec.loadBalancerSourceRanges ?? []).map((r) => r.trim())
    ranges.forEach((r, i) => out.push(...legacyCidr(r.trim(), at(RANGES, i), had)))
  } else if (text !== undefined) {
    const path = at('metadata.annotations', RANGES_ANNOTATION)
    if (!isBalanced) out.push(forbiddenField(path, ONLY_BALANCED))
    if (text.trim() === '' || old?.metadata.annotations?.[RANGES_ANNOTATION] === text) return
    for (const range of text.trim().split(',')) out.push(...legacyCidr(range.trim(), path))
  }
}

export function loadBalancerClass({ type, loadBalancerClass: name }: ServiceSpec, out: FieldError[]): void {
  if (name === undefined) return
  if (type === 'LoadBalancer') named(isQualifiedName, name, CLASS, out)
  else out.push(forbiddenField(CLASS, ONLY_BALANCED))
}

/** Load balancer fields: source ranges, class, node port allocation. */
export function validateLoadBalancer(service: Service, old: Service | undefined, out: FieldError[]): void {
  const { spec } = service
  const isBalanced = spec.type === 'LoadBalancer'
  sourceRanges(service, old, out)
  if (!isBalanced && spec.allocateLoadBalancerNodePorts !== undefined) out.push(forbiddenField('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED))
  if (isBalanced && spec.allocateLoadBalancerNodePorts === undefined) out.push(required('allocateLoadBalancerNodePorts'))
  loadBalancerClass(spec, out)
}

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
const POLICIES = ['Cluster', 'Local']

function externalTraffic(spec: ServiceSpec, out: FieldError[]): void {
  const policy = spec.externalTrafficPolicy
  const path = 'spec.externalTrafficPolicy'
  if (isExternallyAccessible(spec)) {
    if (!policy) out.push(required(path))
    else if (!POLICIES.includes(policy)) out.push(notSupported(path, policy, POLICIES))
  } else if (policy) out.push(invalidValue(path, policy, 'may only be set for externally-accessible services'))
  const port = spec.healthCheckNodePort ?? 0
  const health = 'spec.healthCheckNodePort'
  if (needsHealthPort(spec)) {
    if (port === 0) out.push(required(health))
    else for (const message of isPortNumber(port)) out.push(invalidValue(health, port, message))
  } else if (port !== 0) out.push(invalidValue(health, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
}

/** Traffic policies, health check port and distribution. */
export function validateTraffic(spec: ServiceSpec, out: FieldError[]): void {
  externalTraffic(spec, out)
  const internal = spec.internalTrafficPolicy
  if (internal === undefined && (mayHaveNodePorts(spec) || spec.type === 'ClusterIP')) out.push(required('spec.internalTrafficPolicy'))
  if (internal !== undefined && !POLICIES.includes(internal)) out.push(notSupported('spec.internalTrafficPolicy', internal, POLICIES))
  const distribution = spec.trafficDistribution
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution)) out.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS))
}
