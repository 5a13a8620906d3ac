import { keyOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { fromBytes, fromMilli } from '../api/quantity.ts'
import { untoleratedTaint } from '../api/tolerations.ts'
import { requiredNodeAffinityMatches } from '../client/node-selector.ts'
import { decide, type World } from './decide.ts'
import { withNode, withoutPod, type NodeInfo } from './node-info.ts'
import { podInfo, priorityOf } from './pod-info.ts'
import type { Profile } from './profile.ts'
import type { Rejection } from './rejection.ts'
import { snapshotOf } from './snapshot.ts'

/** One thing that would have to be otherwise, as a sentence of namespace "loops", key `remedy.<id>`. */
export interface Condition {
  readonly id: 'room' | 'tolerate' | 'uncordon' | 'label' | 'selector' | 'gone' | 'affinity' | 'spread'
  readonly params: Readonly<Record<string, string | number>>
}

/** A set of changes with which the pod would go to `node`; it was tried on a copy of the cluster. */
export interface Remedy {
  readonly node: string
  readonly conditions: readonly Condition[]
}

/** The pod and the nodes as they would be. */
interface Trial {
  readonly pod: Pod
  readonly nodes: readonly NodeInfo[]
}

/** The world, and the profile that the pod asks for. */
interface Asked extends World {
  readonly profile: Profile | undefined
}

interface Idea extends Trial {
  readonly condition: Condition
}

/** How much a change asks for: first what passes by itself, last what costs money. */
const COST: Readonly<Record<Condition['id'], number>> = { gone: 1, uncordon: 2, tolerate: 3, spread: 4, selector: 5, label: 5, affinity: 6, room: 7 }
const MOST_NODES = 24
const MOST_PODS = 12
const SHOWN = 3
/** A pod that fails two filters of a node needs two changes; more would be no advice. */
const DEPTH = 2

/**
 * What would let a pending pod be scheduled, each verified by trying it: the pod and the nodes are changed on copies and
 * the scheduler's own decision is asked again. Empty for a pod that fits, or that no such change helps.
 */
export function remedies(pod: Pod, world: World, profile?: Profile): readonly Remedy[] {
  const nodes = world.snapshot.nodes
  const now = decide(pod, world, profile)
  if (now.outcome !== 'unschedulable' || now.preFilter) return []
  const found: Remedy[] = []
  for (const info of nodes.slice(0, MOST_NODES)) {
    const rejection = now.rejected.get(info.name)
    if (rejection) found.push(...explore({ pod, nodes }, info.name, rejection, { ...world, profile }, DEPTH))
  }
  return distinct(found.sort(byCost)).slice(0, SHOWN)
}

function explore(trial: Trial, name: string, rejection: Rejection, world: Asked, depth: number): readonly Remedy[] {
  const found: Remedy[] = []
  for (const { condition, ...next } of ideas(trial, name, rejection)) {
    const decision = decide(next.pod, { ...world, snapshot: snapshotOf(next.nodes), start: 0 }, world.profile)
    if (decision.feasible.includes(name)) found.push({ node: name, conditions: [condition] })
    else {
      const left = decision.rejected.get(name)
      if (!left || depth <= 1 || condition.id === 'gone') continue
      for (const further of explore(next, name, left, world, depth - 1)) found.push({ node: name, conditions: [condition, ...further.conditions] })
    }
  }
  return found
}

/** Changes that answer one objection to one node. */
function ideas(trial: Trial, name: string, { plugin }: Rejection): readonly Idea[] {
  const info = trial.nodes.find((n) => n.name === name)
  if (!info) return []
  switch (plugin) {
    case 'NodeResourcesFit':
      return [...departures(trial, info), ...moreRoom(trial, info)]
    case 'NodePorts':
      return departures(trial, info)
    case 'TaintToleration':
      return tolerated(trial, info)
    case 'NodeUnschedulable':
      return [withNodeOf(trial, info, { spec: { ...info.node.spec, unschedulable: undefined, taints: info.node.spec.taints?.filter((t) => t.key !== CORDONED) } }, { id: 'uncordon', params: { node: name } })]
    case 'NodeAffinity':
      return otherSelector(trial, info)
    case 'InterPodAffinity':
      return [...departures(trial, info), { ...trial, pod: withSpec(trial.pod, { affinity: { ...trial.pod.spec.affinity, podAffinity: undefined, podAntiAffinity: undefined } }), condition: { id: 'affinity', params: {} } }]
    case 'PodTopologySpread':
      return [{ ...trial, pod: withSpec(trial.pod, { topologySpreadConstraints: trial.pod.spec.topologySpreadConstraints?.map((c) => ({ ...c, whenUnsatisfiable: 'ScheduleAnyway' as const })) }), condition: { id: 'spread', params: {} } }]
    default:
      return []
  }
}

const CORDONED = 'node.kubernetes.io/unschedulable'
const withSpec = (pod: Pod, change: Partial<Pod['spec']>): Pod => ({ ...pod, spec: { ...pod.spec, ...change } })

const replaced = (nodes: readonly NodeInfo[], next: NodeInfo): readonly NodeInfo[] => nodes.map((n) => (n.name === next.name ? next : n))

function withNodeOf(trial: Trial, info: NodeInfo, change: Partial<NodeInfo['node']>, condition: Condition): Idea {
  return { pod: trial.pod, nodes: replaced(trial.nodes, withNode(info, { ...info.node, ...change })), condition }
}

/** One pod of the node gone, the least important first. */
function departures(trial: Trial, info: NodeInfo): readonly Idea[] {
  const leaving = [...info.pods].sort((a, b) => priorityOf(a) - priorityOf(b) || podInfo(b).requests.milliCpu - podInfo(a).requests.milliCpu)
  return leaving.slice(0, MOST_PODS).map((gone) => ({
    pod: trial.pod,
    nodes: replaced(trial.nodes, withoutPod(info, gone)),
    condition: { id: 'gone', params: { pod: keyOf(gone), node: info.name } },
  }))
}

/** The node with as much more as is missing. */
function moreRoom(trial: Trial, info: NodeInfo): readonly Idea[] {
  const wants = podInfo(trial.pod).requests
  const cpu = Math.max(0, info.milliCpu + wants.milliCpu - info.allocatableMilliCpu)
  const memory = Math.max(0, info.memory + wants.memory - info.allocatableMemory)
  if (cpu === 0 && memory === 0) return []
  const grown: NodeInfo = { ...info, allocatableMilliCpu: info.allocatableMilliCpu + cpu, allocatableMemory: info.allocatableMemory + memory }
  const what = [...(cpu > 0 ? [`cpu ${fromMilli(cpu)}`] : []), ...(memory > 0 ? [`memory ${fromBytes(memory)}`] : [])].join(', ')
  return [{ pod: trial.pod, nodes: replaced(trial.nodes, grown), condition: { id: 'room', params: { node: info.name, what } } }]
}

function tolerated(trial: Trial, info: NodeInfo): readonly Idea[] {
  const given = trial.pod.spec.tolerations ?? []
  const taint = untoleratedTaint(info.node.spec.taints, given)
  if (!taint) return []
  const toleration = { key: taint.key, operator: 'Equal' as const, value: taint.value ?? '', effect: taint.effect }
  const text = `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`
  return [{ nodes: trial.nodes, pod: withSpec(trial.pod, { tolerations: [...given, toleration] }), condition: { id: 'tolerate', params: { taint: text, node: info.name } } }]
}

/** The node with the labels that the node selector asks for, or the pod without its node affinity. */
function otherSelector(trial: Trial, info: NodeInfo): readonly Idea[] {
  const { pod } = trial
  const wanted = pod.spec.nodeSelector ?? {}
  const { labels = {} } = info.node.metadata
  const missing = Object.keys(wanted).sort().filter((key) => labels[key] !== wanted[key])
  const labelled = { ...info.node, metadata: { ...info.node.metadata, labels: { ...labels, ...wanted } } }
  const found: Idea[] = []
  if (missing.length > 0 && requiredNodeAffinityMatches(pod, labelled)) {
    const text = missing.map((key) => `${key}=${wanted[key]}`).join(', ')
    found.push(withNodeOf(trial, info, { metadata: labelled.metadata }, { id: 'label', params: { node: info.name, labels: text } }))
  }
  found.push({ nodes: trial.nodes, pod: withSpec(pod, { nodeSelector: undefined, affinity: { ...pod.spec.affinity, nodeAffinity: undefined } }), condition: { id: 'selector', params: {} } })
  return found
}

const cost = ({ conditions }: Remedy): number => conditions.reduce((sum, { id }) => sum + COST[id], 0)
const byCost = (a: Remedy, b: Remedy): number => cost(a) - cost(b)

/** One of each sort: three pods that could go are one piece of advice. */
function distinct(all: readonly Remedy[]): readonly Remedy[] {
  const seen = new Set<string>()
  return all.filter(({ conditions }) => {
    const sort = conditions.map(({ id }) => id).join()
    return !seen.has(sort) && seen.add(sort)
  })
}
