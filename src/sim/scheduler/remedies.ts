import type { Pod } from '../api/pod.ts'
import { DEFAULT_CONFIGURATION } from './configuration.ts'
import { decide, type Decision, type World } from './decide.ts'
import type { NodeInfo } from './node-info.ts'
import { podInfo } from './pod-info.ts'
import type { Profile } from './profile.ts'
import type { Rejection } from './rejection.ts'
import { anotherLike, ideas } from './remedies/ideas.ts'
import { Bench, objection, type Asked, type Condition, type Trial } from './remedies/trial.ts'

export type { Condition } from './remedies/trial.ts'

/** A set of changes with which the pod would go to `node` ('': one that is not there yet); it was tried on a copy of the cluster. */
export interface Remedy {
  readonly node: string
  readonly conditions: readonly Condition[]
}

/** How much a change asks for: first what passes by itself, last what costs money. */
const COST: Readonly<Record<Condition['id'], number>> = {
  gone: 1, gates: 1, scheduler: 1, uncordon: 2, tolerate: 3, goneAll: 3, claimMissing: 3, claim: 3, skew: 4, near: 4, spread: 5, selector: 5, label: 5, affinity: 6, room: 7, another: 8,
}
/** Of so many nodes that object for the same reason advice is looked for. */
const NODES_A_REASON = 3
const MOST_NODES = 12
const SHOWN = 3
/** A pod that fails two filters of a node needs two changes; more would be no advice. */
const DEPTH = 2
/** Objections that an empty node like the others might not have. */
const WHERE_ROOM_HELPS: ReadonlySet<string> = new Set(['NodeResourcesFit', 'NodePorts', 'NodeVolumeLimits', 'InterPodAffinity', 'PodTopologySpread', 'VolumeRestrictions'])

/**
 * What would let a pending pod be scheduled, each verified by trying it: the pod and the nodes are changed on copies and the
 * scheduler's own filters are asked again. Empty for a pod that fits, or that no such change helps. Without a profile nobody
 * schedules the pod.
 */
export function remedies(pod: Pod, world: World, profile?: Profile): readonly Remedy[] {
  const asked: Asked = { ...world, profile: profile ?? DEFAULT_CONFIGURATION.profiles[0]!, bench: new Bench(world.snapshot) }
  const before = needed(pod, asked, profile !== undefined)
  const now = decide(pod, world, asked.profile)
  if (now.outcome === 'scheduled') return before.length > 0 ? [{ node: now.node ?? '', conditions: before }] : []
  const found = nearest(pod, now, asked).flatMap(([name, rejection]) => explore({ pod, changed: new Map(), objects: world.objects }, name, rejection, asked, DEPTH))
  const all = [...found, ...oneMore(pod, now, asked)].map((remedy) => ({ ...remedy, conditions: [...before, ...remedy.conditions] }))
  return distinct(all.sort(byCost)).slice(0, SHOWN)
}

/** What the pod needs before the scheduler looks at it at all. */
function needed({ spec }: Pod, { profile }: Asked, hasProfile: boolean): readonly Condition[] {
  const gates = profile.honoursGates ? (spec.schedulingGates ?? []) : []
  return [
    ...(hasProfile ? [] : [{ id: 'scheduler' as const, params: { name: spec.schedulerName ?? '', known: profile.schedulerName } }]),
    ...(gates.length > 0 ? [{ id: 'gates' as const, params: { gates: gates.map(({ name }) => name).join(', ') } }] : []),
  ]
}

/** Nodes to look for advice at, with what was said of them: of each kind of objection some, those first that lack the least. */
function nearest(pod: Pod, { preFilter, rejected }: Decision, { snapshot }: Asked): readonly (readonly [string, Rejection])[] {
  const lack = lackOf(pod)
  const nodes = [...snapshot.nodes].sort((a, b) => lack(a) - lack(b))
  if (preFilter) return nodes.slice(0, NODES_A_REASON).map(({ name }) => [name, preFilter])
  const counts = new Map<string, number>()
  const found: (readonly [string, Rejection])[] = []
  for (const { name } of nodes) {
    const rejection = rejected.get(name)
    const count = rejection && (counts.get(rejection.plugin) ?? 0)
    if (count === undefined || count >= NODES_A_REASON) continue
    counts.set(rejection!.plugin, count + 1)
    found.push([name, rejection!])
  }
  return found.slice(0, MOST_NODES)
}

/** How much of a node's size is missing for the pod. */
function lackOf(pod: Pod): (info: NodeInfo) => number {
  const { milliCpu, memory } = podInfo(pod).requests
  return (info) =>
    Math.max(0, info.milliCpu + milliCpu - info.allocatableMilliCpu) / Math.max(1, info.allocatableMilliCpu) + Math.max(0, info.memory + memory - info.allocatableMemory) / Math.max(1, info.allocatableMemory)
}

function explore(trial: Trial, name: string, rejection: Rejection, world: Asked, depth: number): readonly Remedy[] {
  const found: Remedy[] = []
  for (const { condition, ...next } of ideas(trial, name, rejection, world)) {
    const left = objection(next, name, world)
    if (!left) found.push({ node: name, conditions: [condition] })
    else if (depth > 1 && condition.id !== 'gone' && condition.id !== 'goneAll' && left.plugin !== rejection.plugin)
      for (const further of explore(next, name, left, world, depth - 1)) found.push({ node: name, conditions: [condition, ...further.conditions] })
  }
  return found
}

/** Would the pod fit onto one more node like one of those that are full? */
function oneMore(pod: Pod, { rejected }: Decision, world: Asked): readonly Remedy[] {
  for (const info of world.snapshot.nodes) {
    if (!WHERE_ROOM_HELPS.has(rejected.get(info.name)?.plugin ?? '')) continue
    const { condition, node, ...trial } = anotherLike(info, { pod, changed: new Map(), objects: world.objects })
    return objection(trial, node, world) ? [] : [{ node: '', conditions: [condition] }]
  }
  return []
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
