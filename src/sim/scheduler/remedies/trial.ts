import type { Pod } from '../../api/pod.ts'
import type { World } from '../decide.ts'
import { judgeNode, judgeWithNominated, preFilter } from '../filtering.ts'
import { withoutPod, type NodeInfo } from '../node-info.ts'
import type { Cycle, Objects } from '../plugin.ts'
import { podInfo } from '../pod-info.ts'
import type { Profile } from '../profile.ts'
import { unresolvable, type Rejection } from '../rejection.ts'
import { snapshotOf } from '../snapshot.ts'

/** One thing that would have to be otherwise, as a sentence of namespace "loops", key `remedy.<id>`. */
export interface Condition {
  readonly id: 'gates' | 'scheduler' | 'room' | 'tolerate' | 'uncordon' | 'label' | 'selector' | 'gone' | 'goneAll' | 'near' | 'affinity' | 'skew' | 'spread' | 'claim' | 'claimMissing' | 'another'
  readonly params: Readonly<Record<string, string | number>>
}

/** The world, and the profile that the pod is scheduled by. */
export interface Asked extends World {
  readonly profile: Profile
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
  const { runs, rejection, nodes, narrowedBy } = trial.changed.size === 0 ? first : preFilter(filters, { ...cycle, snapshot: snapshotOf(nodesOf(trial, world)) })
  if (rejection) return rejection
  if (nodes && !nodes.has(name)) return unresolvable(narrowedBy[0]!, "node(s) didn't satisfy plugin")
  return judgeWithNominated(runs, info, trial.pod, world.nominated)
}
