import type { Pod } from '../api/pod.ts'
import { UNKNOWN, type Labels } from './columns.ts'
import { PASSES, type Kept } from './kept.ts'
import { withPod, type NodeInfo } from './node-info.ts'
import { isRejection, type Cycle, type FilterRun, type Plugin } from './plugin.ts'
import { priorityOf } from './pod-info.ts'
import { unresolvable, type Rejection } from './rejection.ts'
import { Rejections } from './rejections.ts'

/** Pods that have been promised a node by preemption and do not run there yet. */
export type Nominated = (node: string) => readonly Pod[]

/** The filters that have something to say about the pod, after their PreFilter. */
export interface Filters {
  readonly runs: readonly FilterRun[]
  /** How many of them, from the first on, are of local plugins. */
  readonly local: number
  /** The pod is refused as a whole. */
  readonly rejection?: Rejection
  /** Only these nodes come into question, and the plugins that said so. */
  readonly nodes?: ReadonlySet<string>
  readonly narrowedBy: readonly string[]
}

const NOBODY: readonly string[] = []
const NO_PODS: readonly Pod[] = []

/** Asks the plugins in their order. What the local ones answered for an earlier pod of the same shape is taken from `kept`. */
export function preFilter(plugins: readonly Plugin[], cycle: Cycle, kept?: Kept): Filters {
  const before = kept?.filters
  const runs: FilterRun[] = before ? before.runs.slice() : []
  let narrowedBy = NOBODY
  let nodes: ReadonlySet<string> | undefined
  let local = runs.length
  let leading: Kept['filters'] | undefined
  for (let i = before?.plugins ?? 0; i < plugins.length; i++) {
    const plugin = plugins[i]!
    if (!before && !plugin.local) leading ??= { plugins: i, runs: runs.slice() }
    const run = plugin.preFilter?.(cycle)
    if (run && isRejection(run)) return { runs: [], local: 0, rejection: run, narrowedBy }
    if (run) {
      if (plugin.local && local === runs.length) local++
      runs.push(run)
    }
    const only = run?.nodes
    if (!only) continue
    narrowedBy = [...narrowedBy, plugin.name]
    nodes = nodes ? new Set([...nodes].filter((n) => only.has(n))) : only
    if (nodes.size === 0) return { runs: [], local: 0, rejection: unresolvable(plugin.name, `node(s) didn't satisfy ${unsatisfied(narrowedBy)}`), narrowedBy }
  }
  if (kept && !before && !nodes) kept.filters = leading
  return { runs, local, nodes, narrowedBy }
}

const unsatisfied = (names: readonly string[]): string =>
  names.length === 1 ? `plugin ${names[0]}` : `plugin(s) [${[...names].sort().join(' ')}] simultaneously`

/** The first objection to a node, of the runs from the `from`th up to before the `to`th; undefined when there is none. */
export function judgeNode(runs: readonly FilterRun[], node: NodeInfo, from = 0, to = runs.length): Rejection | undefined {
  for (let i = from; i < to; i++) {
    const rejection = runs[i]!.filter(node)
    if (rejection) return rejection
  }
  return undefined
}

export const cloneRuns = (runs: readonly FilterRun[]): readonly FilterRun[] => runs.map((run) => run.clone?.() ?? run)

/** The nominated pods that take precedence over `pod` on a node. */
function precedingOn(node: string, pod: Pod, nominated: Nominated): readonly Pod[] {
  const promised = nominated(node)
  return promised.length === 0 ? promised : promised.filter((p) => priorityOf(p) >= priorityOf(pod) && p.metadata.uid !== pod.metadata.uid)
}

/** The pod must also fit once `first` have come (runtime/framework.go: RunFilterPluginsWithNominatedPods). */
function judgeAfter(first: readonly Pod[], runs: readonly FilterRun[], node: NodeInfo): Rejection | undefined {
  const trial = cloneRuns(runs)
  let filled = node
  for (const other of first) {
    filled = withPod(filled, other)
    for (const run of trial) run.add?.(other, filled)
  }
  return judgeNode(trial, filled) ?? judgeNode(runs, node)
}

/** As `judgeNode`, but the pod must also fit once the nominated pods of equal or higher priority have come. */
export function judgeWithNominated(runs: readonly FilterRun[], node: NodeInfo, pod: Pod, nominated: Nominated | undefined): Rejection | undefined {
  const first = nominated ? precedingOn(node.name, pod, nominated) : NO_PODS
  return first.length === 0 ? judgeNode(runs, node) : judgeAfter(first, runs, node)
}

const ALWAYS_ALL = 100
const LEAST_PERCENTAGE = 5

/** After how many feasible nodes the search ends; percentage 0: the fewer the more nodes there are (schedule_one.go: numFeasibleNodesToFind). */
export function feasibleToFind(nodes: number, percentageOfNodesToScore = 0): number {
  if (nodes < ALWAYS_ALL) return nodes
  const percentage = percentageOfNodesToScore || Math.max(LEAST_PERCENTAGE, 50 - Math.floor(nodes / 125))
  return Math.max(ALWAYS_ALL, Math.floor((nodes * percentage) / 100))
}

export interface Search {
  readonly filters: Filters
  readonly nodes: readonly NodeInfo[]
  /** Where the search begins. */
  readonly start: number
  readonly enough: number
  readonly pod: Pod
  readonly nominated: Nominated | undefined
  /** What the local filters say, by place in `nodes`; numbered as in `kept.verdicts`. */
  readonly verdicts: Labels
  readonly kept: Kept
}

export interface Found {
  /** Of the nodes that would do, the first so many; in the room that `kept` has for them. */
  readonly places: Int32Array
  readonly count: number
  readonly rejected: Rejections
}

/** Examines nodes from `start` on, round the list, until enough are feasible. */
export function findFeasible(search: Search): Found {
  const { filters: { runs, local }, nodes, start, enough, pod, nominated, verdicts, kept } = search
  if (allFeasible(search)) return { places: kept.lineup.places, count: nodes.length, rejected: Rejections.NONE }
  const { passed: places } = kept
  const onlyLocal = runs.length === local
  const known = verdicts.known()
  let passed = 0
  let rejected: Rejections | undefined
  for (let i = 0, place = start % nodes.length; i < nodes.length && passed < enough; i++) {
    let rejection: Rejection | undefined
    const first = nominated ? precedingOn(nodes[place]!.name, pod, nominated) : NO_PODS
    if (first.length > 0) rejection = judgeAfter(first, runs, nodes[place]!)
    else {
      let verdict = known[place]!
      if (verdict === UNKNOWN) verdict = verdicts.at(place)
      if (verdict !== PASSES) rejection = kept.verdicts.values[verdict]
      else if (!onlyLocal) rejection = judgeNode(runs, nodes[place]!, local)
    }
    if (rejection) (rejected ??= new Rejections(nodes)).push(place, rejection)
    else places[passed++] = place
    if (++place === nodes.length) place = 0
  }
  return { places, count: passed, rejected: rejected ?? Rejections.NONE }
}

/** The plain case of a small cluster: local filters only, and every node passes. */
function allFeasible({ filters: { runs, local }, nodes, start, enough, nominated, verdicts }: Search): boolean {
  if (start !== 0 || nominated || runs.length !== local || enough < nodes.length) return false
  for (let place = 0; place < nodes.length; place++) if (verdicts.at(place) !== PASSES) return false
  return true
}
