import type { Pod } from '../api/pod.ts'
import { feasibleToFind, findFeasible, judgeNode, judgeWithNominated, preFilter, type Filters, type Found, type Nominated } from './filtering.ts'
import { Kept, keptFor } from './kept.ts'
import { misfitMessage, NO_NODES } from './message.ts'
import type { NodeInfo } from './node-info.ts'
import type { Cycle, Feasible, Objects } from './plugin.ts'
import { podInfo } from './pod-info.ts'
import { NO_CLAIMS } from './plugins/dynamic-resources.ts'
import { preempt, type Preemption } from './preemption.ts'
import { DEFAULT_CONFIGURATION } from './configuration.ts'
import type { Profile } from './profile.ts'
import { unresolvable, type Rejection } from './rejection.ts'
import { Rejections } from './rejections.ts'
import type { ScoreTable } from './score-table.ts'
import { scoreNodes, type Scorer } from './scoring.ts'
import { Lineup, type Snapshot } from './snapshot.ts'

/** Everything that a decision depends on besides the pod. */
export interface World {
  readonly snapshot: Snapshot
  readonly objects: Objects
  /** Absent: no node is promised to anybody. */
  readonly nominated?: Nominated
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
  /** How many nodes would do, and which. */
  readonly feasibleNodes: number
  readonly feasible: readonly string[]
  readonly rejected: Rejections
  /** The pod was refused as a whole. */
  readonly preFilter?: Rejection
  /** Plugins that left some nodes out beforehand. */
  readonly narrowedBy: readonly string[]
  readonly scores?: ScoreTable
  /** Plugins whose objections a later event may lift. */
  readonly plugins: readonly string[]
  readonly message?: string
  readonly preemption?: Preemption
  readonly nextStart: number
}

const SMALL_CLUSTER = 100
const NONE: readonly string[] = []

type Outcome = Omit<Decision, 'nodes' | 'nextStart' | 'rejected' | 'feasible' | 'feasibleNodes' | 'narrowedBy' | 'plugins'> & Partial<Decision>

/** Chooses a node for `pod`, or says why there is none and whom to evict for it (kube-scheduler: schedule_one.go). */
export function decide(pod: Pod, world: World, profile: Profile = DEFAULT_CONFIGURATION.profiles[0]!): Decision {
  const { snapshot, objects, start } = world
  const all = snapshot.nodes
  const finish = (o: Outcome): Decision => ({ nodes: all.length, feasibleNodes: 0, feasible: NONE, rejected: Rejections.NONE, narrowedBy: NONE, plugins: NONE, nextStart: start, ...o })
  if (all.length === 0) return finish({ outcome: 'unschedulable', message: NO_NODES })
  const cycle: Cycle = { pod, info: podInfo(pod), snapshot, objects }
  const shaped = namesNodes(pod) ? undefined : keptFor(cycle, profile)
  const filters = preFilter(profile.filters, cycle, shaped)
  if (filters.rejection) return finish(refused(filters.rejection, all.length, profile))
  const promised = onPromisedNode(cycle, filters, world)
  if (promised) return finish({ outcome: 'scheduled', node: promised.name, feasibleNodes: 1, feasible: [promised.name] })
  const nodes = filters.nodes ? narrowed(filters.nodes, snapshot) : all
  const kept = filters.nodes ? new Kept(new Lineup(nodes)) : (shaped ?? keptFor(cycle, profile))
  const found = search({ pod, filters, nodes, kept, world, profile })
  // In a large cluster what was left out beforehand is only told when the pod finds no place.
  const { places, count } = found
  const tell = count === 0 || all.length <= SMALL_CLUSTER
  const rejected = tell ? withNarrowed(found.rejected, filters, nodes, snapshot) : found.rejected
  const nextStart = (start + count + found.rejected.size) % all.length
  const common = { nextStart, rejected, narrowedBy: filters.narrowedBy }
  if (count === 0) return finish({ ...common, ...misfit({ cycle, filters, kept, rejected, world, profile }) })
  if (count === 1) {
    const { name } = nodes[places[0]!]!
    return finish({ ...common, feasibleNodes: 1, feasible: [name], outcome: 'scheduled', node: name })
  }
  return new Scored(profile.scorers, cycle, { places, count, kept }, common)
}

/** Several nodes would do: the one with the highest score. A class, as objects with getters of their own are slow to make. */
class Scored implements Decision {
  readonly outcome = 'scheduled'
  readonly node: string
  readonly nodes: number
  readonly feasibleNodes: number
  readonly rejected: Rejections
  readonly narrowedBy: readonly string[]
  readonly scores: ScoreTable
  readonly plugins = NONE
  readonly nextStart: number

  constructor(scorers: readonly Scorer[], cycle: Cycle, feasible: Feasible, { nextStart, rejected, narrowedBy }: Pick<Decision, 'nextStart' | 'rejected' | 'narrowedBy'>) {
    const { places, count, kept } = feasible
    this.scores = scoreNodes(scorers, cycle, feasible)
    this.node = kept.lineup.names[places[this.scores.winner]!]!
    this.nodes = cycle.snapshot.nodes.length
    this.feasibleNodes = count
    this.rejected = rejected
    this.narrowedBy = narrowedBy
    this.nextStart = nextStart
  }

  get feasible(): readonly string[] {
    return this.scores.nodes
  }
}

/** May the pod name its nodes, as those of DaemonSets do? Then each is a shape of its own, which is not worth remembering. */
const namesNodes = ({ spec }: Pod): boolean =>
  spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms.some((term) => term.matchFields?.length) ?? false

interface Searched {
  readonly pod: Pod
  readonly filters: Filters
  readonly nodes: readonly NodeInfo[]
  readonly kept: Kept
  readonly world: World
  readonly profile: Profile
}

function search({ pod, filters, nodes, kept, world, profile }: Searched): Found {
  const { runs, local } = filters
  // How many local plugins come before the first other one may differ from pod to pod of a shape; who they are then does not.
  const verdicts = kept.labels(`verdicts of ${local}`, (node: NodeInfo) => kept.verdicts.number(judgeNode(runs, node, 0, local)))
  const enough = feasibleToFind(nodes.length, profile.percentageOfNodesToScore)
  return findFeasible({ filters, nodes, start: world.start, enough, pod, nominated: world.nominated, verdicts, kept })
}

/** The named nodes that exist, in the order of examination as far as that is cheap. */
function narrowed(names: ReadonlySet<string>, snapshot: Snapshot): readonly NodeInfo[] {
  if (names.size > SMALL_CLUSTER) return snapshot.nodes.filter((n) => names.has(n.name))
  return [...names].sort().flatMap((name) => snapshot.get(name) ?? [])
}

function refused(rejection: Rejection, nodes: number, { postFilters }: Profile): Outcome {
  if (rejection.code === 'Error') return { outcome: 'error', message: `running PreFilter plugin "${rejection.plugin}": ${rejection.reasons.join(', ')}` }
  // DynamicResources has not run its PreFilter and says so instead of preempting: a bare "not found".
  const message = misfitMessage({ nodes, preFilter: rejection, rejected: Rejections.NONE, postFilter: postFilters.includes('DynamicResources') ? 'not found' : undefined })
  return { outcome: 'unschedulable', preFilter: rejection, message, plugins: [rejection.plugin] }
}

/** The node that an earlier preemption made room on is tried first. */
function onPromisedNode({ pod, snapshot }: Cycle, filters: Filters, world: World): NodeInfo | undefined {
  const node = pod.status?.nominatedNodeName ? snapshot.get(pod.status.nominatedNodeName) : undefined
  if (!node || (filters.nodes && !filters.nodes.has(node.name))) return undefined
  return judgeWithNominated(filters.runs, node, pod, world.nominated) ? undefined : node
}

/** Nodes that a PreFilter left out carry its verdict. */
function withNarrowed(rejected: Rejections, { nodes: only, narrowedBy }: Filters, examined: readonly NodeInfo[], snapshot: Snapshot): Rejections {
  if (!only || examined.length === snapshot.nodes.length) return rejected
  const names = `[${[...narrowedBy].sort().join(' ')}]`
  const out = unresolvable(`PreFilter:${names}`, `node(s) didn't satisfy plugin(s) ${names}`)
  return rejected.with(snapshot.nodes.filter(({ name }) => !only.has(name)), out)
}

interface Misfit {
  readonly cycle: Cycle
  readonly filters: Filters
  readonly kept: Kept
  readonly rejected: Rejections
  readonly world: World
  readonly profile: Profile
}

function misfit({ cycle, filters, kept, rejected, world, profile }: Misfit): Outcome {
  const failed = [...rejected.distinct().keys()].find((r) => r.code === 'Error')
  if (failed) return { outcome: 'error', message: `running "${failed.plugin}" filter plugin: ${failed.reasons.join(', ')}` }
  const { latest, random, nominated } = world
  const said: string[] = profile.postFilters.includes('DynamicResources') ? [NO_CLAIMS] : []
  let preemption: Preemption | undefined
  if (profile.postFilters.includes('DefaultPreemption')) {
    preemption = preempt({ cycle, filters, kept, rejected, nominated, latest, random, args: profile.preemption })
    if ('why' in preemption) said.push(`preemption: ${preemption.why}`)
    else said.length = 0
  }
  const message = misfitMessage({ nodes: cycle.snapshot.nodes.length, rejected, postFilter: said.length ? said.join(', ') : undefined })
  const plugins = new Set(filters.narrowedBy)
  for (const { plugin } of rejected.distinct().keys()) if (!plugin.startsWith('PreFilter:')) plugins.add(plugin)
  return { outcome: 'unschedulable', message, preemption, plugins: [...plugins].sort() }
}
