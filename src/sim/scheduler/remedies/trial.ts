import type { Pod } from '../../api/pod.ts'
import type { World } from '../decide.ts'
import { judgeNode, judgeWithNominated, preFilter } from '../filtering.ts'
import { withoutPod, type NodeInfo } from '../node-info.ts'
import type { Cycle, Objects } from '../plugin.ts'
import { podInfo } from '../pod-info.ts'
import type { Profile } from '../profile.ts'
import { unresolvable, type Rejection } from '../rejection.ts'
import { snapshotOf, type LiveSnapshot, type Snapshot } from '../snapshot.ts'

/** One thing that would have to be otherwise, as a sentence of namespace "loops", key `remedy.<id>`. */
export interface Condition {
  readonly id: 'gates' | 'scheduler' | 'room' | 'tolerate' | 'uncordon' | 'label' | 'selector' | 'gone' | 'goneAll' | 'near' | 'affinity' | 'skew' | 'spread' | 'claim' | 'claimMissing' | 'another'
  readonly params: Readonly<Record<string, string | number>>
}

/** The world, the profile that the pod is scheduled by, and where changed nodes are laid out. */
export interface Asked extends World {
  readonly profile: Profile
  readonly bench: Bench
}

/** A copy of the cluster that follows one trial after the other: only what differs between two of them is moved. */
export class Bench {
  readonly #original: Snapshot
  #copy: LiveSnapshot | undefined
  readonly #changed = new Map<string, NodeInfo>()

  constructor(original: Snapshot) {
    this.#original = original
  }

  lay({ changed }: Trial): Snapshot {
    if (changed.size === 0) return this.#original
    this.#copy ??= snapshotOf(this.#original.nodes)
    for (const name of [...this.#changed.keys()]) if (!changed.has(name)) this.#put(name, undefined)
    for (const [name, info] of changed) this.#put(name, info)
    return this.#copy
  }

  /** `info` undefined: as it is in the world. */
  #put(name: string, info: NodeInfo | undefined): void {
    const before = this.#copy!.get(name)
    const after = info ?? this.#original.get(name)
    if (before !== after) this.#copy!.apply(name, before, after)
    if (info) this.#changed.set(name, info)
    else this.#changed.delete(name)
  }
}

/** What is other than in the world: the pod, some of the nodes (by name; new ones too), objects that it reads. */
export interface Trial {
  readonly pod: Pod
  readonly changed: ReadonlyMap<string, NodeInfo>
  readonly objects: Objects
}

/** A change on trial, and how it is said. */
export interface Idea extends Trial {
  readonly condition: Condition
}

export const nodeOf = (trial: Trial, world: Asked, name: string): NodeInfo | undefined => trial.changed.get(name) ?? world.snapshot.get(name)

/** Every node as it would be. */
export function nodesOf({ changed }: Trial, { snapshot }: Asked): readonly NodeInfo[] {
  if (changed.size === 0) return snapshot.nodes
  const added = [...changed.values()].filter(({ name }) => !snapshot.get(name))
  return [...snapshot.nodes.map((info) => changed.get(info.name) ?? info), ...added]
}

export const withSpec = (trial: Trial, change: Partial<Pod['spec']>): Trial => ({ ...trial, pod: { ...trial.pod, spec: { ...trial.pod.spec, ...change } } })

export const withInfo = (trial: Trial, info: NodeInfo): Trial => ({ ...trial, changed: new Map([...trial.changed, [info.name, info]]) })

/** Without some pods, wherever they are. */
export function without(trial: Trial, world: Asked, gone: readonly Pod[]): Trial {
  let next = trial
  for (const pod of gone) {
    const info = nodeOf(next, world, pod.spec.nodeName ?? '')
    if (info) next = withInfo(next, withoutPod(info, pod))
  }
  return next
}

/** What the scheduler's own filters would say of the pod on a node; undefined: it would fit. */
export function objection(trial: Trial, name: string, world: Asked): Rejection | undefined {
  const info = nodeOf(trial, world, name)
  if (!info) return unresolvable('NodeName', 'no such node')
  const cycle: Cycle = { pod: trial.pod, info: podInfo(trial.pod), snapshot: world.snapshot, objects: trial.objects }
  const { filters } = world.profile
  const first = preFilter(filters, cycle)
  // Local plugins look at nothing but pod and node: then the other nodes need not be laid out anew.
  if (!first.rejection && !first.nodes && first.runs.length === first.local && !world.nominated) return judgeNode(first.runs, info)
  const { runs, rejection, nodes, narrowedBy } = trial.changed.size === 0 ? first : preFilter(filters, { ...cycle, snapshot: world.bench.lay(trial) })
  if (rejection) return rejection
  if (nodes && !nodes.has(name)) return unresolvable(narrowedBy[0]!, "node(s) didn't satisfy plugin")
  return judgeWithNominated(runs, info, trial.pod, world.nominated)
}
