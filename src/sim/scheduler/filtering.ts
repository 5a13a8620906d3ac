import type { Pod } from '../api/pod.ts'
import { withPod, type NodeInfo } from './node-info.ts'
import { isRejection, type Cycle, type FilterRun, type Plugin } from './plugin.ts'
import { podInfo, priorityOf } from './pod-info.ts'
import { unresolvable, type Rejection } from './rejection.ts'

/** Pods that have been promised a node by preemption and do not run there yet. */
export type Nominated = (node: string) => readonly Pod[]

/** The filters that have something to say about the pod, after their PreFilter. */
export interface Filters {
  readonly runs: readonly FilterRun[]
  /** The pod is refused as a whole. */
  readonly rejection?: Rejection
  /** Only these nodes come into question, and the plugins that said so. */
  readonly nodes?: ReadonlySet<string>
  readonly narrowedBy: readonly string[]
}

export function preFilter(plugins: readonly Plugin[], cycle: Cycle): Filters {
  const runs: FilterRun[] = []
  const narrowedBy: string[] = []
  let nodes: ReadonlySet<string> | undefined
  for (const plugin of plugins) {
    const run = plugin.preFilter?.(cycle)
    if (!run) continue
    if (isRejection(run)) return { runs: [], rejection: run, narrowedBy }
    runs.push(run)
    const only = run.nodes
    if (!only) continue
    narrowedBy.push(plugin.name)
    nodes = nodes ? new Set([...nodes].filter((n) => only.has(n))) : only
    if (nodes.size === 0) return { runs: [], rejection: unresolvable(plugin.name, `node(s) didn't satisfy ${unsatisfied(narrowedBy)}`), narrowedBy }
  }
  return { runs, nodes, narrowedBy }
}

const unsatisfied = (names: readonly string[]): string =>
  names.length === 1 ? `plugin ${names[0]}` : `plugin(s) [${[...names].sort().join(' ')}] simultaneously`

/** The first objection to a node; undefined when the pod may go there. */
function judgeNode(runs: readonly FilterRun[], node: NodeInfo): Rejection | undefined {
  for (let i = 0; i < runs.length; i++) {
    const rejection = runs[i]!.filter(node)
    if (rejection) return rejection
  }
  return undefined
}

export const cloneRuns = (runs: readonly FilterRun[]): readonly FilterRun[] => runs.map((run) => run.clone?.() ?? run)

/**
 * As `judgeNode`, but the pod must also fit once the nominated pods of equal or higher priority have come
 * (runtime/framework.go: RunFilterPluginsWithNominatedPods).
 */
export function judgeWithNominated(runs: readonly FilterRun[], node: NodeInfo, pod: Pod, nominated: Nominated): Rejection | undefined {
  const promised = nominated(node.name)
  const first = promised.filter((p) => priorityOf(p) >= priorityOf(pod) && p.metadata.uid !== pod.metadata.uid)
  if (first.length === 0) return judgeNode(runs, node)
  const trial = cloneRuns(runs)
  let filled = node
  for (const other of first) {
    filled = withPod(filled, other)
    for (const run of trial) run.add?.(podInfo(other), filled)
  }
  return judgeNode(trial, filled) ?? judgeNode(runs, node)
}

const ALWAYS_ALL = 100
const LEAST_PERCENTAGE = 5

/** After how many feasible nodes the search ends (schedule_one.go: numFeasibleNodesToFind, percentageOfNodesToScore 0). */
export function feasibleToFind(nodes: number): number {
  if (nodes < ALWAYS_ALL) return nodes
  const percentage = Math.max(LEAST_PERCENTAGE, 50 - Math.floor(nodes / 125))
  return Math.max(ALWAYS_ALL, Math.floor((nodes * percentage) / 100))
}

export interface Found {
  readonly feasible: readonly NodeInfo[]
  readonly rejected: ReadonlyMap<string, Rejection>
}

/** Examines nodes from `start` on, round the list, until enough are feasible. */
export function findFeasible(runs: readonly FilterRun[], nodes: readonly NodeInfo[], start: number, pod: Pod, nominated: Nominated): Found {
  const enough = feasibleToFind(nodes.length)
  const feasible: NodeInfo[] = []
  const rejected = new Map<string, Rejection>()
  for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
    const node = nodes[(start + i) % nodes.length]!
    const rejection = judgeWithNominated(runs, node, pod, nominated)
    if (rejection) rejected.set(node.name, rejection)
    else feasible.push(node)
  }
  return { feasible, rejected }
}
