import { FamiliarMap } from './familiar.ts'
import type { Container, ResourceRequirements } from './container.ts'
import { isSidecar, type Pod } from './pod.ts'
import type { PodSpec } from './pod-spec.ts'
import { addResources, isZeroQuantity, maxResources, compareQuantities, milliValue, value, type ResourceList } from './quantity.ts'

/** What a pod takes of a node: thousandths of a core, bytes, and whole numbers of anything else. */
export interface PodRequests {
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  /** Extended and huge-page resources by name. */
  readonly others: Readonly<Record<string, number>>
}

type Side = 'requests' | 'limits'
const EMPTY: ResourceList = Object.freeze({})

const side = (r: ResourceRequirements | undefined, which: Side): ResourceList => r?.[which] ?? EMPTY

/**
 * Sum over containers; init containers run one after the other, beside the sidecars started before them
 * (component-helpers: resource, AggregateContainerRequests).
 */
function aggregate(spec: PodSpec, _which: Side, of: (c: Container) => ResourceList): ResourceList {
  let total: ResourceList = EMPTY
  for (const c of spec.containers) total = addResources(total, of(c))
  let sidecars: ResourceList = EMPTY
  let peak: ResourceList = EMPTY
  for (const c of spec.initContainers ?? []) {
    const wants = of(c)
    if (isSidecar(c)) {
      total = addResources(total, wants)
      sidecars = addResources(sidecars, wants)
      peak = maxResources(peak, sidecars)
    } else peak = maxResources(peak, addResources(wants, sidecars))
  }
  return maxResources(total, peak)
}

const POD_LEVEL = /^(cpu|memory|hugepages-.*)$/

/** May a pod as a whole ask for this resource (component-helpers: IsSupportedPodLevelResource)? */
export const isPodLevelResource = (name: string): boolean => POD_LEVEL.test(name)

/** What the containers of a spec ask for together, without pod-level resources and overhead. */
export const aggregateResources = (spec: PodSpec, which: Side): ResourceList => aggregate(spec, which, (c) => side(c.resources, which))

/** Requests or limits of a whole pod, pod-level resources and overhead included, as quantities. */
export function podResourceList(pod: Pod, which: Side): ResourceList {
  const { spec } = pod
  let list = aggregate(spec, which, (c) => side(c.resources, which))
  const own = side(spec.resources, which)
  for (const name of Object.keys(own)) if (POD_LEVEL.test(name)) list = { ...list, [name]: own[name]! }
  if (!spec.overhead) return list
  if (which === 'requests') return addResources(list, spec.overhead)
  // Overhead raises only those limits that there are.
  const raised: Record<string, string> = { ...list }
  for (const name of Object.keys(spec.overhead)) {
    if (name in raised) raised[name] = addResources({ x: raised[name]! }, { x: spec.overhead[name]! })['x']!
  }
  return raised
}

/** As `podResourceList`, but of a pod that is being resized the most of what it wants and has (component-helpers: UseStatusResources). */
export function heldResources(pod: Pod, which: Side): ResourceList {
  const { spec, status } = pod
  // Only a pod that was changed after its creation can have been resized.
  if ((pod.metadata.generation ?? 1) <= 1 || !status?.containerStatuses) return podResourceList(pod, which)
  const statuses = [...status.containerStatuses, ...(status.initContainerStatuses ?? [])]
  const isInfeasible = status.conditions?.some((c) => c.type === 'PodResizePending' && c.reason === 'Infeasible') ?? false
  const held = (c: Container): Container => {
    const known = statuses.find((one) => one.name === c.name)
    if (!known?.resources || (spec.initContainers?.includes(c) && !isSidecar(c))) return c
    const has = which === 'requests' ? maxResources(side(known.resources, which), known.allocatedResources ?? EMPTY) : side(known.resources, which)
    return { ...c, resources: { ...c.resources, [which]: isInfeasible ? has : maxResources(side(c.resources, which), has) } }
  }
  const initContainers = spec.initContainers?.map(held)
  return podResourceList({ ...pod, spec: { ...spec, containers: spec.containers.map(held), ...(initContainers ? { initContainers } : {}) } }, which)
}

const remembered = new WeakMap<PodSpec, PodRequests>()

/** A pod's requests as the scheduler counts them (kube-scheduler: framework/types.go, CalculateResource): while it is resized, the most of what it wants and has. */
export function podRequests(pod: Pod): PodRequests {
  const asked = specRequests(pod)
  // Only a pod that was changed after its creation can have been resized.
  return (pod.metadata.generation ?? 1) > 1 && pod.status?.containerStatuses ? withStatus(pod, asked) : asked
}

const resized = new WeakMap<NonNullable<Pod['status']>, PodRequests>()
const RESIZABLE = ['cpu', 'memory']

/** Requests of containers against what their statuses say (component-helpers: resource, UseStatusResources). */
function withStatus(pod: Pod, asked: PodRequests): PodRequests {
  const status = pod.status!
  const isInfeasible = status.conditions?.some((c) => c.type === 'PodResizePending' && c.reason === 'Infeasible') ?? false
  const statuses = [...status.containerStatuses!, ...(status.initContainerStatuses ?? [])]
  const differs = (c: Container): boolean => {
    const s = statuses.find((one) => one.name === c.name)
    return s !== undefined && RESIZABLE.some((name) => [s.resources?.requests?.[name], s.allocatedResources?.[name]].some((has) => has !== undefined && has !== c.resources?.requests?.[name]))
  }
  if (!pod.spec.containers.some(differs) && !pod.spec.initContainers?.some((c) => isSidecar(c) && differs(c))) return asked
  const known = resized.get(status)
  if (known) return known
  const list = aggregate(pod.spec, 'requests', (c) => {
    const s = statuses.find((one) => one.name === c.name)
    const wants = side(c.resources, 'requests')
    if (!s) return wants
    const has = maxResources(side(s.resources, 'requests'), s.allocatedResources ?? EMPTY)
    const most = isInfeasible ? has : maxResources(wants, has)
    return { ...wants, ...Object.fromEntries(RESIZABLE.filter((name) => most[name] !== undefined).map((name) => [name, most[name]!])) }
  })
  const all = { ...list, ...Object.fromEntries(Object.entries(side(pod.spec.resources, 'requests')).filter(([name]) => POD_LEVEL.test(name))) }
  const sum = pod.spec.overhead ? addResources(all, pod.spec.overhead) : all
  const result: PodRequests = { ...asked, milliCpu: milliValue(sum['cpu']), memory: value(sum['memory']) }
  resized.set(status, result)
  return result
}

/** What a pod's spec asks for, whatever it has. */
export function specRequests(pod: Pod): PodRequests {
  const known = remembered.get(pod.spec)
  if (known) return known
  const list = podResourceList(pod, 'requests')
  const others: Record<string, number> = {}
  for (const name of Object.keys(list).sort()) {
    if (name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage') others[name] = value(list[name])
  }
  const result = {
    milliCpu: milliValue(list['cpu']),
    memory: value(list['memory']),
    ephemeralStorage: value(list['ephemeral-storage']),
    others,
  }
  remembered.set(pod.spec, result)
  return result
}

const DEFAULT_MILLI_CPU = 100
const DEFAULT_MEMORY = 200 * 1024 * 1024

/** Requests for scoring: a container without a request counts 100m and 200Mi (scheduler/util: GetNonzeroRequests). */
export function podNonZeroRequests(pod: Pod): { readonly milliCpu: number; readonly memory: number } {
  const list = aggregate(pod.spec, 'requests', (c) => {
    const r = side(c.resources, 'requests')
    return {
      cpu: r['cpu'] ?? `${DEFAULT_MILLI_CPU}m`,
      memory: r['memory'] ?? String(DEFAULT_MEMORY),
    }
  })
  const own = side(pod.spec.resources, 'requests')
  const overhead = pod.spec.overhead ?? EMPTY
  return {
    milliCpu: milliValue(own['cpu'] ?? list['cpu']) + milliValue(overhead['cpu']),
    memory: value(own['memory'] ?? list['memory']) + value(overhead['memory']),
  }
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'
const QOS_RESOURCES = ['cpu', 'memory']

/** The quality-of-service class (pkg/apis/core/helper/qos: ComputePodQOS); status.qosClass wins where it is set. */
export const qosClass = (pod: Pod): QosClass => pod.status?.qosClass ?? computeQosClass(pod.spec)

const qosOf = new FamiliarMap<QosClass>()

/** Of a pod with one container it depends on that container's resources alone, which all pods of a template share. */
export function computeQosClass(spec: PodSpec): QosClass {
  const { containers, initContainers = [], resources } = spec
  if (resources && (hasPositive(resources.requests) || hasPositive(resources.limits))) return qosClassOf([resources])
  if (containers.length > 1 || initContainers.length > 0) return qosClassOf([...containers, ...initContainers].map((c) => c.resources ?? NONE))
  const only = containers[0]?.resources ?? NONE
  let known = qosOf.get(only)
  if (!known) qosOf.set(only, (known = qosClassOf([only])))
  return known
}

const NONE: ResourceRequirements = {}
const bounded = ({ limits }: ResourceRequirements): boolean => QOS_RESOURCES.every((name) => isPositive(limits, name))
const someResource = ({ requests, limits }: ResourceRequirements): boolean => hasPositive(requests) || hasPositive(limits)

function qosClassOf(sources: readonly ResourceRequirements[]): QosClass {
  if (!sources.some(someResource)) return 'BestEffort'
  if (!sources.every(bounded)) return 'Burstable'
  const sum = (which: Side): ResourceList => sources.reduce((total, r) => addResources(total, positive(r[which])), EMPTY)
  const [requests, limits] = [sum('requests'), sum('limits')]
  return QOS_RESOURCES.every((name) => requests[name] !== undefined && compareQuantities(requests[name]!, limits[name]!) === 0) ? 'Guaranteed' : 'Burstable'
}

const isPositive = (list: ResourceList | undefined, name: string): boolean => list?.[name] !== undefined && !isZeroQuantity(list[name])
const hasPositive = (list: ResourceList | undefined): boolean => QOS_RESOURCES.some((name) => isPositive(list, name))

function positive(list: ResourceList | undefined): ResourceList {
  const out: Record<string, string> = {}
  for (const name of QOS_RESOURCES) if (isPositive(list, name)) out[name] = list![name]!
  return out
}
