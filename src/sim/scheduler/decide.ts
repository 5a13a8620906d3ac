import type { Pod } from '../api/pod.ts'
import { findFeasible, judgeWithNominated, preFilter, type Filters, type Nominated } from './filtering.ts'
import { misfitMessage, NO_NODES } from './message.ts'
import type { NodeInfo } from './node-info.ts'
import type { Cycle, Objects, Plugin } from './plugin.ts'
import { podInfo } from './pod-info.ts'
import { DEFAULT_PLUGINS } from './plugins/index.ts'
import { NO_CLAIMS } from './plugins/dynamic-resources.ts'
import { preempt, type Preemption } from './preemption.ts'
import { unresolvable, type Rejection } from './rejection.ts'
import { heapRoot, scoreNodes, type Scores } from './scoring.ts'
import type { Snapshot } from './snapshot.ts'

/** Everything that a decision depends on besides the pod. */
export interface World {
  readonly snapshot: Snapshot
  readonly objects: Objects
  readonly nominated: Nominated
  readonly latest: (pod: Pod) => Pod
  readonly random: (bound: number) => number
  /** Where the search over the nodes begins (nextStartNodeIndex). */
  readonly start: number
}

/** What came of one attempt to place a pod, with all that led to it. */
export interface Decision {
  readonly outcome: 'scheduled' | 'unschedulable' | 'error'
  readonly node?: string
  readonly nodes: number
  readonly feasible: readonly string[]
  readonly rejected: ReadonlyMap<string, Rejection>
  /** The pod was refused as a whole. */
  readonly preFilter?: Rejection
  /** Plugins that left some nodes out beforehand. */
  readonly narrowedBy: readonly string[]
  readonly scores?: Scores
  /** Plugins whose objections a later event may lift. */
  readonly plugins: readonly string[]
  readonly message?: string
  readonly preemption?: Preemption
  readonly nextStart: number
}

const SMALL_CLUSTER = 100

type Outcome = Omit<Decision, 'nodes' | 'nextStart' | 'rejected' | 'feasible' | 'narrowedBy' | 'plugins'> & Partial<Decision>

/** Chooses a node for `pod`, or says why there is none and whom to evict for it (kube-scheduler: schedule_one.go). */
export function decide(pod: Pod, world: World, plugins: readonly Plugin[] = DEFAULT_PLUGINS): Decision {
  const { snapshot, objects, start } = world
  const cycle: Cycle = { pod, info: podInfo(pod), snapshot, objects }
  const finish = (o: Outcome): Decision => ({ nodes: snapshot.nodes.length, feasible: [], rejected: new Map(), narrowedBy: [], plugins: [], nextStart: start, ...o })
  if (snapshot.nodes.length === 0) return finish({ outcome: 'unschedulable', message: NO_NODES })
  const filters = preFilter(plugins, cycle)
  if (filters.rejection) return finish(refused(filters.rejection, snapshot.nodes.length))
  const promised = onPromisedNode(cycle, filters, world)
  if (promised) return finish({ outcome: 'scheduled', node: promised.name, feasible: [promised.name] })
  const nodes = filters.nodes ? narrowed(filters.nodes, snapshot) : snapshot.nodes
  const found = findFeasible(filters.runs, nodes, start, pod, world.nominated)
  // In a large cluster what was left out beforehand is only told when the pod finds no place.
  const tell = found.feasible.length === 0 || snapshot.nodes.length <= SMALL_CLUSTER
  const rejected = tell ? withNarrowed(found.rejected, filters, nodes, snapshot) : found.rejected
  const nextStart = (start + found.feasible.length + found.rejected.size) % snapshot.nodes.length
  const common = { nextStart, rejected, narrowedBy: filters.narrowedBy, feasible: namesOf(found.feasible) }
  if (found.feasible.length === 0) return finish({ ...common, ...misfit(cycle, filters, rejected, world) })
  return finish({ ...common, ...choose(plugins, cycle, found.feasible, common.feasible) })
}

/** The named nodes that exist, in the order of examination as far as that is cheap. */
function narrowed(names: ReadonlySet<string>, snapshot: Snapshot): readonly NodeInfo[] {
  if (names.size > SMALL_CLUSTER) return snapshot.nodes.filter((n) => names.has(n.name))
  return [...names].sort().flatMap((name) => snapshot.get(name) ?? [])
}

function refused(rejection: Rejection, nodes: number): Outcome {
  if (rejection.code === 'Error') return { outcome: 'error', message: `running PreFilter plugin "${rejection.plugin}": ${rejection.reasons.join(', ')}` }
  // DynamicResources has not run its PreFilter and says so instead of preempting: a bare "not found".
  const message = misfitMessage({ nodes, preFilter: rejection, rejected: new Map(), postFilter: 'not found' })
  return { outcome: 'unschedulable', preFilter: rejection, message, plugins: [rejection.plugin] }
}

/** The node that an earlier preemption made room on is tried first. */
function onPromisedNode({ pod, snapshot }: Cycle, filters: Filters, world: World): NodeInfo | undefined {
  const node = pod.status?.nominatedNodeName ? snapshot.get(pod.status.nominatedNodeName) : undefined
  if (!node || (filters.nodes && !filters.nodes.has(node.name))) return undefined
  return judgeWithNominated(filters.runs, node, pod, world.nominated) ? undefined : node
}

/** Nodes that a PreFilter left out carry its verdict. */
function withNarrowed(rejected: ReadonlyMap<string, Rejection>, { nodes: only, narrowedBy }: Filters, examined: readonly NodeInfo[], snapshot: Snapshot): ReadonlyMap<string, Rejection> {
  if (!only || examined.length === snapshot.nodes.length) return rejected
  const names = `[${[...narrowedBy].sort().join(' ')}]`
  const out = unresolvable(`PreFilter:${names}`, `node(s) didn't satisfy plugin(s) ${names}`)
  const all = new Map(rejected)
  for (const { name } of snapshot.nodes) if (!only.has(name)) all.set(name, out)
  return all
}

function misfit(cycle: Cycle, filters: Filters, rejected: ReadonlyMap<string, Rejection>, world: World): Outcome {
  const failed = [...rejected.values()].find((r) => r.code === 'Error')
  if (failed) return { outcome: 'error', message: `running "${failed.plugin}" filter plugin: ${failed.reasons.join(', ')}` }
  const preemption = preempt({ cycle, runs: filters.runs, rejected, nominated: world.nominated, latest: world.latest, random: world.random })
  const postFilter = 'why' in preemption ? `${NO_CLAIMS}, preemption: ${preemption.why}` : undefined
  const message = misfitMessage({ nodes: cycle.snapshot.nodes.length, rejected, postFilter })
  const plugins = new Set(filters.narrowedBy)
  for (const r of rejected.values()) if (!r.plugin.startsWith('PreFilter:')) plugins.add(r.plugin)
  return { outcome: 'unschedulable', message, preemption, plugins: [...plugins].sort() }
}

function namesOf(nodes: readonly NodeInfo[]): readonly string[] {
  const names: string[] = []
  for (const node of nodes) names.push(node.name)
  return names
}

function choose(plugins: readonly Plugin[], cycle: Cycle, feasible: readonly NodeInfo[], names: readonly string[]): Outcome {
  if (feasible.length === 1) return { outcome: 'scheduled', node: feasible[0]!.name }
  const scores = scoreNodes(plugins, cycle, feasible, names)
  return { outcome: 'scheduled', node: feasible[heapRoot(scores.totals)]!.name, scores }
}
