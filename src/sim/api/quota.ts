import type { KubeObject } from './meta.ts'
import { isPodTerminal, type Pod } from './pod.ts'
import { parseTime, seconds, type Micros } from '../engine/time.ts'
import { computeQosClass, heldResources } from './pod-resources.ts'
import { addResources, compareQuantities, isZeroQuantity, isNegativeQuantity, subQuantities, value, type ResourceList } from './quantity.ts'
import { isExtendedResource, isHugePages } from './validate/resources.ts'

/** v1 ResourceQuota. */
export interface ResourceQuota extends KubeObject<ResourceQuotaSpec, ResourceQuotaStatus> {
  readonly spec?: ResourceQuotaSpec
}

export interface ResourceQuotaSpec {
  readonly hard?: ResourceList
  readonly scopes?: readonly string[]
  readonly scopeSelector?: { readonly matchExpressions?: readonly ScopeRequirement[] }
}

export interface ScopeRequirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

export interface ResourceQuotaStatus {
  readonly hard?: ResourceList
  readonly used?: ResourceList
}

/** What is counted: a kind by its REST names. */
export interface CountedKind {
  readonly group: string
  readonly plural: string
}

/** Kinds of the core group that have a plain name besides "count/<plural>.<group>". */
const PLAIN: ReadonlySet<string> = new Set(['pods', 'services', 'configmaps', 'secrets', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas'])
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']
const OF_PODS: ReadonlySet<string> = new Set(['pods', 'count/pods', ...COMPUTE, ...COMPUTE.map((c) => `requests.${c}`), ...COMPUTE.map((c) => `limits.${c}`)])
const OF_SERVICES: ReadonlySet<string> = new Set(['services', 'count/services', 'services.nodeports', 'services.loadbalancers'])
const OF_CLAIMS = ['persistentvolumeclaims', 'requests.storage']
const BY_CLASS = '.storageclass.storage.k8s.io/'
/** Every container must name these where a quota limits them. */
const NAMED: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'])

const countName = ({ group, plural }: CountedKind): string => `count/${plural}${group ? `.${group}` : ''}`
const isCore = (kind: CountedKind, plural: string): boolean => kind.group === '' && kind.plural === plural

/** Does objects' usage of this kind touch the limited resource (pkg/quota/v1/evaluator: MatchingResources)? */
function isAbout(kind: CountedKind, name: string): boolean {
  if (isCore(kind, 'pods')) {
    if (OF_PODS.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')) return true
    return name.startsWith('requests.') && isExtendedResource(name.slice('requests.'.length))
  }
  if (isCore(kind, 'services')) return OF_SERVICES.has(name)
  if (isCore(kind, 'persistentvolumeclaims')) return OF_CLAIMS.includes(name) || name === 'count/persistentvolumeclaims' || OF_CLAIMS.some((r) => name.endsWith(`${BY_CLASS}${r}`))
  return name === countName(kind) || (kind.group === '' && PLAIN.has(kind.plural) && name === kind.plural)
}

/** From when on a pod that is being deleted does not count any more, since it may be stuck (pkg/quota/v1/evaluator/core: QuotaV1Pod). */
export function uncountedFrom({ metadata: { deletionTimestamp, deletionGracePeriodSeconds } }: Pod): Micros | undefined {
  const deleted = deletionGracePeriodSeconds === undefined ? undefined : parseTime(deletionTimestamp)
  return deleted === undefined ? undefined : deleted + seconds(deletionGracePeriodSeconds!)
}

/** Does the pod count besides as an object? Without `now` one that is being deleted does. */
export function isCounted(pod: Pod, now?: Micros): boolean {
  return !isPodTerminal(pod) && (now === undefined || now <= (uncountedFrom(pod) ?? now))
}

/** What an object takes of a quota at an instant, by resource name, whatever the quota limits (pkg/quota/v1/evaluator: Usage). */
export function quotaUsage(kind: CountedKind, object: KubeObject, now?: Micros): ResourceList {
  const usage: Record<string, string> = { [countName(kind)]: '1' }
  if (kind.group !== '' || !PLAIN.has(kind.plural)) return usage
  if (kind.plural === 'pods') return isCounted(object as Pod, now) ? { ...usage, ...podUsage(object as Pod) } : usage
  usage[kind.plural] = '1'
  if (kind.plural === 'services') return { ...usage, ...serviceUsage(object) }
  return kind.plural === 'persistentvolumeclaims' ? { ...usage, ...claimUsage(object) } : usage
}

function podUsage(pod: Pod): ResourceList {
  const usage: Record<string, string> = { pods: '1' }
  const requests = heldResources(pod, 'requests')
  const limits = heldResources(pod, 'limits')
  for (const name of Object.keys(requests)) {
    if (!COMPUTE.includes(name) && !isHugePages(name) && !isExtendedResource(name)) continue
    usage[`requests.${name}`] = requests[name]!
    if (COMPUTE.includes(name) || isHugePages(name)) usage[name] = requests[name]!
  }
  for (const name of COMPUTE) if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name]!
  return usage
}

interface ServiceSpec {
  readonly type?: string
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly ports?: readonly { readonly nodePort?: number }[]
}

function serviceUsage(service: KubeObject): ResourceList {
  const { type, ports = [], allocateLoadBalancerNodePorts: allocates = true } = (service.spec ?? {}) as ServiceSpec
  const balanced = type === 'LoadBalancer'
  const wanted = type === 'NodePort' || (balanced && allocates) ? ports : balanced ? ports.filter((port) => port.nodePort) : []
  return { 'services.nodeports': `${wanted.length}`, 'services.loadbalancers': balanced ? '1' : '0' }
}

interface ClaimSpec {
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly resources?: { readonly requests?: ResourceList }
}

interface ClaimStatus {
  readonly allocatedResources?: ResourceList
  readonly currentVolumeAttributesClassName?: string
  readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string }
}

function claimUsage(claim: KubeObject): ResourceList {
  const { storageClassName, resources } = (claim.spec ?? {}) as ClaimSpec
  const cls = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? storageClassName ?? ''
  const asked = resources?.requests?.['storage']
  const allocated = (claim.status as ClaimStatus | undefined)?.allocatedResources?.['storage']
  const size = asked !== undefined && allocated !== undefined && compareQuantities(allocated, asked) > 0 ? allocated : asked
  const usage: Record<string, string> = {}
  if (cls) usage[`${cls}${BY_CLASS}persistentvolumeclaims`] = '1'
  if (size === undefined) return usage
  // Whole bytes: fractions are rounded up.
  const bytes = /[.mun]/.test(size) ? `${value(size)}` : size
  usage['requests.storage'] = bytes
  if (cls) usage[`${cls}${BY_CLASS}requests.storage`] = bytes
  return usage
}

/** Do the quota's scopes take the object in? */
export function quotaMatches(quota: ResourceQuota, kind: CountedKind, object: KubeObject): boolean {
  const scopes: readonly ScopeRequirement[] = [
    ...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ]
  if (scopes.length === 0) return true
  if (isCore(kind, 'pods')) return scopes.every((scope) => inScope(object as Pod, scope))
  return isCore(kind, 'persistentvolumeclaims') && scopes.every((scope) => claimInScope(object, scope))
}

function inScope(pod: Pod, scope: ScopeRequirement): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return isTerminating(pod)
    case 'NotTerminating':
      return !isTerminating(pod)
    case 'BestEffort':
      return computeQosClass(pod.spec) === 'BestEffort'
    case 'NotBestEffort':
      return computeQosClass(pod.spec) !== 'BestEffort'
    case 'PriorityClass':
      return selects(scope, pod.spec.priorityClassName || undefined)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    default:
      return false
  }
}

/** Has the pod a deadline (scope Terminating)? */
export const isTerminating = (pod: Pod): boolean => (pod.spec.activeDeadlineSeconds ?? -1) >= 0

function selects({ operator, values = [] }: ScopeRequirement, name: string | undefined): boolean {
  if (operator === 'In') return name !== undefined && values.includes(name)
  if (operator === 'NotIn') return name === undefined || !values.includes(name)
  return (operator === 'Exists') === (name !== undefined)
}

interface Term {
  readonly namespaces?: readonly string[]
  readonly namespaceSelector?: object
  readonly podAffinityTerm?: Term
}

function crossesNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = (spec.affinity ?? {}) as Readonly<Record<string, { readonly [when: string]: readonly Term[] | undefined } | undefined>>
  const terms = [podAffinity, podAntiAffinity].flatMap((a) => [
    ...(a?.['requiredDuringSchedulingIgnoredDuringExecution'] ?? []),
    ...(a?.['preferredDuringSchedulingIgnoredDuringExecution'] ?? []).map((weighted) => weighted.podAffinityTerm ?? {}),
  ])
  return terms.some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined)
}

function claimInScope(claim: KubeObject, scope: ScopeRequirement): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false
  const status = claim.status as ClaimStatus | undefined
  const names = [(claim.spec as ClaimSpec | undefined)?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName]
  const given = names.filter((name): name is string => !!name)
  return given.length === 0 ? selects(scope, undefined) : given.some((name) => selects(scope, name))
}

/** Only the resources that the quota limits. */
export function masked(usage: ResourceList, hard: ResourceList): ResourceList {
  const out: Record<string, string> = {}
  for (const name of Object.keys(usage)) if (name in hard) out[name] = usage[name]!
  return out
}

/** All that the objects take together at an instant; limited resources that nobody takes are "0". */
export function totalUsage(quota: ResourceQuota, counted: readonly (readonly [CountedKind, readonly KubeObject[]])[], now?: Micros): ResourceList {
  const hard = quota.spec?.hard ?? {}
  let total: ResourceList = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  for (const [kind, objects] of counted)
    for (const object of objects) if (quotaMatches(quota, kind, object)) total = addResources(total, masked(quotaUsage(kind, object, now), hard))
  return total
}

/** Can objects of this kind count towards the quota at all? */
export function concerns(quota: ResourceQuota, kind: CountedKind): boolean {
  return Object.keys(quota.spec?.hard ?? {}).some((name) => isAbout(kind, name))
}

/** Can an update of an object of this kind change what it takes (evaluators: Handles)? */
export function updatesCount(kind: CountedKind, object: KubeObject, old: KubeObject): boolean {
  if (isCore(kind, 'pods')) return isTerminating(object as Pod) !== isTerminating(old as Pod)
  return isCore(kind, 'services') || isCore(kind, 'persistentvolumeclaims')
}

/** Limited compute resources that a container of the pod does not name: "limits.memory for: main". */
export function missingRequirements(restricted: readonly string[], { spec }: Pod): string | undefined {
  if (spec.resources && Object.keys({ ...spec.resources.requests, ...spec.resources.limits }).length > 0) return undefined
  const lines = restricted.filter((name) => NAMED.has(name)).sort().flatMap((name) => {
    const which = name.startsWith('limits.') ? 'limits' : 'requests'
    const resource = name.replace(/^(limits|requests)\./, '')
    const silent = [...spec.containers, ...(spec.initContainers ?? [])].filter((c) => c.resources?.[which]?.[resource] === undefined).map((c) => c.name)
    return silent.length > 0 ? [`${name} for: ${[...new Set(silent)].sort().join(',')}`] : []
  })
  return lines.length > 0 ? `must specify ${lines.join('; ')}` : undefined
}

const listText = (list: ResourceList, names: readonly string[]): string => names.map((name) => `${name}=${list[name] ?? '0'}`).join(',')

/** What a quota's usage becomes. */
export interface Charged {
  readonly quota: ResourceQuota
  readonly used: ResourceList
}

/**
 * What all the quotas of a namespace become when an object is created (or changes from `old`), or why that is too much
 * (apiserver: admission/plugin/resourcequota, CheckRequest). Quotas that nobody has looked at yet limit nothing.
 */
export function chargeAll(quotas: readonly ResourceQuota[], kind: CountedKind, object: KubeObject, old?: KubeObject): readonly Charged[] | string {
  const interesting: ResourceQuota[] = []
  for (const quota of quotas) {
    const restricted = Object.keys(quota.status?.hard ?? {}).filter((name) => isAbout(kind, name))
    if (restricted.length === 0 || !quotaMatches(quota, kind, object)) continue
    const missing = isCore(kind, 'pods') ? missingRequirements(restricted, object as Pod) : undefined
    if (missing) return `failed quota: ${quota.metadata.name}: ${missing}`
    if (restricted.some((name) => quota.status?.used?.[name] === undefined)) return `status unknown for quota: ${quota.metadata.name}, resources: ${restricted.sort().join(',')}`
    interesting.push(quota)
  }
  if (interesting.length === 0) return []
  const usage = quotaUsage(kind, object)
  const negative = Object.keys(usage).filter((name) => isNegativeQuantity(usage[name])).sort()
  if (negative.length > 0) return `quota usage is negative for resource(s): ${negative.join(',')}`
  const charges: Charged[] = []
  for (const quota of interesting) {
    const delta = old && quotaMatches(quota, kind, old) ? increase(usage, quotaUsage(kind, old)) : usage
    const charged = charge(quota, delta)
    if (typeof charged === 'string') return charged
    if (charged) charges.push({ quota, used: charged })
  }
  return charges
}

function increase(usage: ResourceList, before: ResourceList): ResourceList {
  const out: Record<string, string> = {}
  for (const name of Object.keys(usage)) {
    const more = before[name] === undefined ? usage[name]! : subQuantities(usage[name]!, before[name])
    if (!isNegativeQuantity(more)) out[name] = more
  }
  return out
}

function charge(quota: ResourceQuota, delta: ResourceList): ResourceList | string | undefined {
  const { hard = {}, used = {} } = quota.status ?? {}
  const requested = Object.fromEntries(Object.entries(masked(delta, hard)).filter(([, amount]) => !isZeroQuantity(amount)))
  if (Object.keys(requested).length === 0) return undefined
  const next = addResources(used, requested)
  const exceeded = Object.keys(requested).filter((name) => compareQuantities(next[name]!, hard[name]!) > 0).sort()
  if (exceeded.length === 0) return next
  return `exceeded quota: ${quota.metadata.name}, requested: ${listText(requested, exceeded)}, used: ${listText(used, exceeded)}, limited: ${listText(hard, exceeded)}`
}
