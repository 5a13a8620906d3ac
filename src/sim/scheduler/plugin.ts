import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { NodeGroups } from './columns.ts'
import type { Kept } from './kept.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Rejection } from './rejection.ts'
import type { Snapshot } from './snapshot.ts'

/** The other objects that a decision looks at, by plural; what is not known is simply not there. */
export interface Objects {
  get<T extends KubeObject>(plural: string, namespace: string | undefined, name: string): T | undefined
  list<T extends KubeObject>(plural: string, namespace?: string): readonly T[]
}

/** One attempt to place one pod. */
export interface Cycle {
  readonly pod: Pod
  readonly info: PodInfo
  readonly snapshot: Snapshot
  readonly objects: Objects
}

/**
 * A plugin's part in filtering one pod: the verdict on a node, undefined to let it pass. What it worked out beforehand
 * follows pods that are added or removed on trial; `clone` makes a copy for such a trial (absent: there is nothing to copy).
 */
export interface FilterRun {
  filter(node: NodeInfo): Rejection | undefined
  add?(pod: Pod, node: NodeInfo): void
  remove?(pod: Pod, node: NodeInfo): void
  clone?(): FilterRun
  /** Only these nodes come into question (PreFilterResult). */
  readonly nodes?: ReadonlySet<string>
}

/** A plugin's part in scoring: raw scores node by node or of groups of nodes, then brought to 0…100; or the same for every node. */
export type ScoreRun = ScoreEach | ScoreGroups | { readonly constant: number }

/** Normalising makes each score anew from itself and the least and the greatest one, so that equal ones stay equal however many they are. */
export interface ScoreEach {
  score(node: NodeInfo): number
  normalise?(scores: number[]): void
  /** Of a local plugin: what else the score depends on. As long as the text is the same, what is kept holds good. */
  readonly keep?: string
}

/** Nodes that are alike in all that counts have one score, which is worked out once. */
export interface ScoreGroups {
  readonly groups: NodeGroups
  /** By group; a list of its own. */
  readonly scores: number[]
  normalise(scores: number[]): void
}

/** The nodes that passed: the first so many of `places`, which are those in the order of examination; `kept` knows the nodes and remembers by place. */
export interface Feasible {
  readonly places: Int32Array
  readonly count: number
  readonly kept: Kept
}

/**
 * A scheduler plugin (kube-scheduler: framework/plugins). `preFilter` and `preScore` answer undefined to be skipped for
 * this pod; a Rejection from `preFilter` refuses the pod as a whole. A `local` plugin looks at nothing but the pod's shape
 * (`shapeOf`) and the node, so that its verdicts and raw scores are kept.
 */
export interface Plugin {
  readonly name: string
  readonly local?: boolean
  /** A local plugin whose scores do not depend on the pods that the node has. */
  readonly ignoresPods?: boolean
  preFilter?(cycle: Cycle): FilterRun | Rejection | undefined
  preScore?(cycle: Cycle, feasible: Feasible): ScoreRun | undefined
}

export const isRejection = (x: FilterRun | Rejection): x is Rejection => 'reasons' in x

export const MAX_SCORE = 100

/** Scales to 0…100 by the largest score, upside down when `reverse` (plugins/helper/normalize_score.go). */
export function normaliseByMax(scores: number[], reverse: boolean): void {
  let max = 0
  for (const s of scores) if (s > max) max = s
  for (let i = 0; i < scores.length; i++) {
    const scaled = max === 0 ? 0 : Math.floor((MAX_SCORE * scores[i]!) / max)
    scores[i] = reverse ? MAX_SCORE - scaled : max === 0 ? scores[i]! : scaled
  }
}
