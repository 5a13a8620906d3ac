import type { KubeObject } from './meta.ts'
import { isPodTerminal, type Pod } from './pod.ts'
import { computeQosClass, podResourceList } from './pod-resources.ts'
import { addResources, compareQuantities, isZeroQuantity, type ResourceList } from './quantity.ts'

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

/** Names under which objects of a kind are counted besides "count/<plural>.<group>". */
const PLAIN: ReadonlySet<string> = new Set(['pods', 'services', 'configmaps', 'secrets', 'persistentvolumeclaims', 'replicationcontrollers', 'resourcequotas'])
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']

const countName = ({ group, plural }: CountedKind): string => `count/${plural}${group ? `.${group}` : ''}`

/** What an object takes of a quota, by resource name, whatever the quota limits (apiserver: pkg/quota/v1, evaluators). */
export function quotaUsage(kind: CountedKind, object: KubeObject): ResourceList {
  const usage: Record<string, string> = { [countName(kind)]: '1' }
  if (kind.group !== '' || !PLAIN.has(kind.plural)) return usage
  if (kind.plural === 'pods') return isPodTerminal(object as Pod) ? usage : { ...usage, ...podUsage(object as Pod) }
  usage[kind.plural] = '1'
  return kind.plural === 'services' ? { ...usage, ...serviceUsage(object) } : usage
}

function podUsage(pod: Pod): ResourceList {
  const usage: Record<string, string> = { pods: '1' }
  const requests = podResourceList(pod, 'requests')
  const limits = podResourceList(pod, 'limits')
  for (const name of Object.keys(requests)) {
    usage[`requests.${name}`] = requests[name]!
    if (COMPUTE.includes(name)) usage[name] = requests[name]!
  }
  for (const name of Object.keys(limits)) usage[`limits.${name}`] = limits[name]!
  return usage
}

function serviceUsage(service: KubeObject): ResourceList {
  const { type, ports = [] } = (service.spec ?? {}) as { readonly type?: string; readonly ports?: readonly unknown[] }
  const nodePorts = type === 'NodePort' || type === 'LoadBalancer' ? ports.length : 0
  return { 'services.nodeports': `${nodePorts}`, 'services.loadbalancers': type === 'LoadBalancer' ? '1' : '0' }
}

/** Does the quota limit anything of this kind, and do its scopes take the object in? */
export function quotaMatches(quota: ResourceQuota, kind: CountedKind, object: KubeObject): boolean {
  const scopes: readonly ScopeRequirement[] = [
    ...(quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(quota.spec?.scopeSelector?.matchExpressions ?? []),
  ]
  if (scopes.length === 0) return true
  return kind.plural === 'pods' && scopes.every((scope) => inScope(object as Pod, scope))
}

function inScope(pod: Pod, { scopeName, operator, values = [] }: ScopeRequirement): boolean {
  switch (scopeName) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return computeQosClass(pod.spec) === 'BestEffort'
    case 'NotBestEffort':
      return computeQosClass(pod.spec) !== 'BestEffort'
    case 'PriorityClass': {
      const name = pod.spec.priorityClassName ?? ''
      if (operator === 'In') return values.includes(name)
      if (operator === 'NotIn') return name !== '' && !values.includes(name)
      return (operator === 'Exists') === (name !== '')
    }
    default:
      return false
  }
}

/** Only the resources that the quota limits. */
export function masked(usage: ResourceList, hard: ResourceList): ResourceList {
  const out: Record<string, string> = {}
  for (const name of Object.keys(usage)) if (name in hard) out[name] = usage[name]!
  return out
}

/** All that the objects take together; limited resources that nobody takes are "0". */
export function totalUsage(quota: ResourceQuota, counted: readonly (readonly [CountedKind, readonly KubeObject[]])[]): ResourceList {
  const hard = quota.spec?.hard ?? {}
  let total: ResourceList = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  for (const [kind, objects] of counted)
    for (const object of objects) if (quotaMatches(quota, kind, object)) total = addResources(total, masked(quotaUsage(kind, object), hard))
  return total
}

/** Can objects of this kind count towards the quota at all? */
export function concerns(quota: ResourceQuota, kind: CountedKind): boolean {
  const names = Object.keys(quota.spec?.hard ?? {})
  if (names.includes(countName(kind))) return true
  if (kind.group !== '' || !PLAIN.has(kind.plural)) return false
  if (kind.plural === 'pods') return names.some((name) => name === 'pods' || COMPUTE.includes(name) || /^(requests|limits)\./.test(name))
  return names.some((name) => name === kind.plural || name.startsWith(`${kind.plural}.`))
}

/** Limited compute resources that a container of the pod does not name: "limits.memory for: main". */
export function missingRequirements(quota: ResourceQuota, pod: Pod): string | undefined {
  const limited = Object.keys(quota.spec?.hard ?? {}).filter((name) => COMPUTE.includes(name) || COMPUTE.some((c) => name === `requests.${c}` || name === `limits.${c}`))
  const lines = limited.sort().flatMap((name) => {
    const which = name.startsWith('limits.') ? 'limits' : 'requests'
    const resource = name.replace(/^(limits|requests)\./, '')
    const silent = pod.spec.containers.filter((c) => c.resources?.[which]?.[resource] === undefined && pod.spec.resources?.[which]?.[resource] === undefined)
    return silent.length > 0 ? [`${name} for: ${silent.map((c) => c.name).join(',')}`] : []
  })
  return lines.length > 0 ? lines.join('; ') : undefined
}

const listText = (list: ResourceList, names: readonly string[]): string => names.map((name) => `${name}=${list[name] ?? '0'}`).join(',')

/** What the quota's usage becomes with the object, or why that is too much ("exceeded quota: …"). */
export function charge(quota: ResourceQuota, kind: CountedKind, object: KubeObject): ResourceList | string | undefined {
  const { name } = quota.metadata
  const hard = quota.status?.hard
  const requested = masked(quotaUsage(kind, object), quota.spec?.hard ?? {})
  const wanted = Object.keys(requested).filter((key) => !isZeroQuantity(requested[key]))
  if (kind.plural === 'pods' && kind.group === '') {
    const missing = missingRequirements(quota, object as Pod)
    if (missing) return `failed quota: ${name}: must specify ${missing}`
  }
  if (wanted.length === 0) return undefined
  const unknown = wanted.filter((key) => hard?.[key] === undefined || quota.status?.used?.[key] === undefined).sort()
  if (!hard || unknown.length > 0) return `status unknown for quota: ${name}, resources: ${(hard ? unknown : wanted.sort()).join(',')}`
  const used = addResources(quota.status?.used, Object.fromEntries(wanted.map((key) => [key, requested[key]!])))
  const exceeded = wanted.filter((key) => compareQuantities(used[key]!, hard[key]!) > 0).sort()
  if (exceeded.length === 0) return used
  return `exceeded quota: ${name}, requested: ${listText(requested, exceeded)}, used: ${listText(quota.status?.used ?? {}, exceeded)}, limited: ${listText(hard, exceeded)}`
}
