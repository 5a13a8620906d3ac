import type { Pod } from '../../api/pod.ts'
import { gracePeriodOf } from '../../api/pod.ts'
import { computeQosClass, podRequests, type PodRequests, type QosClass } from '../../api/pod-resources.ts'
import type { EventContext } from '../../engine/engine.ts'
import { seconds } from '../../engine/time.ts'
import { isCritical } from './ranking.ts'
import type { Arrival, PodRow } from './state.ts'
import { requestEnd } from './termination.ts'
import { rowKey, type KubeletWorld } from './world.ts'

/** What a pod asks for that the node does not have. */
export interface Lack {
  readonly resource: string
  /** Thousandths of a core, bytes, or a number. */
  readonly amount: number
}

/** What a pod asks of a resource: thousandths of a core, bytes, or one pod. */
export function amountOf(asked: PodRequests, resource: string): number {
  switch (resource) {
    case 'cpu':
      return asked.milliCpu
    case 'memory':
      return asked.memory
    case 'ephemeral-storage':
      return asked.ephemeralStorage
    case 'pods':
      return 1
    default:
      return asked.others[resource] ?? 0
  }
}

const REASON = 'Preempting'
const MESSAGE = 'Preempted in order to admit critical pod'
const CONDITION = 'Pod was preempted by Kubelet to accommodate a critical pod.'

const requested = (row: PodRow, { resource }: Lack): number => amountOf(podRequests(row.pod), resource)

/** What is still missing when `rows` are gone. */
const without = (lacks: readonly Lack[], rows: readonly PodRow[]): readonly Lack[] =>
  lacks.map((lack) => ({ ...lack, amount: rows.reduce((left, row) => left - requested(row, lack), lack.amount) })).filter((lack) => lack.amount > 0)

/** How much of what is missing a pod would leave missing; every resource counts alike. */
const distance = (lacks: readonly Lack[], row: PodRow): number =>
  lacks.reduce((sum, lack) => {
    const left = Math.max(0, lack.amount - requested(row, lack)) / lack.amount
    return sum + left * left
  }, 0)

/** Does the first ask for less: memory before CPU? Of two that ask for the same, yes. */
function isSmaller(a: PodRow, b: PodRow): boolean {
  const [one, two] = [podRequests(a.pod), podRequests(b.pod)]
  return one.memory !== two.memory ? one.memory < two.memory : one.milliCpu <= two.milliCpu
}

/** The fewest pods that free enough, the nearest first; what all of them together cannot free stays missing (getPodsToPreemptByDistance). */
function nearest(rows: readonly PodRow[], lacks: readonly Lack[]): readonly PodRow[] {
  const left = [...rows]
  const chosen: PodRow[] = []
  for (let missing = lacks; missing.length > 0 && left.length > 0; ) {
    let best = 0
    let least = Infinity
    left.forEach((row, i) => {
      const far = distance(missing, row)
      if (far < least || (far === least && isSmaller(row, left[best]!))) [least, best] = [far, i]
    })
    const [row] = left.splice(best, 1)
    chosen.push(row!)
    missing = without(missing, [row!])
  }
  return chosen
}

/** May the pod take the other's place: an uncritical one's, or one's of less priority (kubelet/types: Preemptable)? */
const mayTake = (pod: Pod, isStatic: boolean, other: PodRow): boolean =>
  (isCritical(pod, isStatic) && !isCritical(other.pod, other.isStatic)) || (pod.spec.priority !== undefined && other.pod.spec.priority !== undefined && pod.spec.priority > other.pod.spec.priority)

/**
 * The pods that must end so that a critical one can be admitted: as few guaranteed ones as possible, then burstable ones, then
 * those without requests (pkg/kubelet/preemption, preemption.go: getPodsToPreempt). A text when all of them would not be enough.
 */
export function victimsFor(pod: Pod, isStatic: boolean, others: readonly PodRow[], lacks: readonly Lack[]): readonly PodRow[] | string {
  const of = (qos: QosClass): readonly PodRow[] => others.filter((row) => mayTake(pod, isStatic, row) && computeQosClass(row.pod.spec) === qos)
  const [bestEffort, burstable, guaranteed] = [of('BestEffort'), of('Burstable'), of('Guaranteed')]
  const unmet = without(lacks, [...bestEffort, ...burstable, ...guaranteed])
  if (unmet.length > 0) return `preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [${unmet.map((l) => `(res: ${l.resource}, q: ${l.amount}), `).join('')}]`
  const fromGuaranteed = nearest(guaranteed, without(lacks, [...bestEffort, ...burstable]))
  const fromBurstable = nearest(burstable, without(lacks, [...bestEffort, ...fromGuaranteed]))
  const fromBestEffort = nearest(bestEffort, without(lacks, [...fromBurstable, ...fromGuaranteed]))
  return [...fromBestEffort, ...fromBurstable, ...fromGuaranteed]
}

/** Notes that pods must end one after another; until they have stopped, the kubelet takes nothing else in hand. */
export function beginPreemption(world: KubeletWorld, ctx: EventContext, arrival: Arrival, victims: readonly PodRow[]): void {
  const node = world.nodes.get(ctx.instance)!
  const named = victims.map((row) => ({ key: rowKey(row.node, row.pod), uid: row.uid }))
  world.nodes.set(node.name, { ...node, preempting: { arrival, victims: named, begun: false, waiting: [] } })
}

/** Ends the next victim once the one before has stopped; gives back who can be admitted now: the critical pod, and those behind it. */
export function continuePreemption(world: KubeletWorld, ctx: EventContext): { readonly admitted: Arrival; readonly waiting: readonly Arrival[] } | undefined {
  const node = world.nodes.get(ctx.instance)
  if (!node?.preempting || !node.up || !node.kubelet) return undefined
  const { arrival, victims, begun, waiting } = node.preempting
  const stands = ({ key, uid }: { readonly key: string; readonly uid: string }): PodRow | undefined => {
    const row = world.pods.get(key)
    return row?.uid === uid && (row.life === 'sync' || (row.life === 'terminating' && row.work)) ? row : undefined
  }
  const left = victims.slice(victims.findIndex((v) => stands(v) !== undefined))
  const row = victims.some(stands) ? stands(left[0]!) : undefined
  if (!row) {
    const { preempting: _over, ...rest } = node
    world.nodes.set(node.name, rest)
    return { admitted: arrival, waiting }
  }
  if (begun && left.length === victims.length) return undefined
  world.nodes.set(node.name, { ...node, preempting: { arrival, victims: left, begun: true, waiting } })
  ctx.note('kubelet.preempts', { pod: row.pod.metadata.name, node: node.name, critical: arrival.pod.metadata.name })
  world.aboutPod(ctx, row, 'Warning', REASON, MESSAGE)
  requestEnd(world, ctx, row, { grace: seconds(gracePeriodOf(row.pod)), reason: REASON, message: MESSAGE, deleted: false, since: ctx.now, evicted: true, conditionReason: 'TerminationByKubelet', conditionMessage: CONDITION })
  return undefined
}
