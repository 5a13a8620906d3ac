import { controllerOf, controllerRef, keyOf, type KubeObject } from '../../api/meta.ts'
import { compileSelector, matches } from '../../api/labels.ts'
import { isPodActive, type Pod } from '../../api/pod.ts'
import { isNamespaceTerminating, isNotFound, isStatus } from '../../api/status.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import type { ControllerContext } from '../controller.ts'
import { Expectations } from '../expectations.ts'
import { createPod, deletePod, podFromTemplate, reportCreated, reportDeleted, slowStart } from '../pod-control.ts'
import { rankForDeletion } from './ranking.ts'

/** At most so many pods are created or deleted in one sync. */
export const BURST = 500

/** Creates or deletes pods until there are as many as wished; the first error's message (replica_set.go: manageReplicas). */
export function manageReplicas(ctx: ControllerContext, key: string, rs: ReplicaSet, active: readonly Pod[]): string | undefined {
  const difference = active.length - (rs.spec.replicas ?? 1)
  if (difference < 0) return createPods(ctx, key, rs, Math.min(-difference, BURST))
  if (difference > 0) return deletePods(ctx, key, rs, active, Math.min(difference, BURST))
  return undefined
}

function createPods(ctx: ControllerContext, key: string, rs: ReplicaSet, count: number): string | undefined {
  const { now } = ctx
  ctx.once(() => {
    new Expectations(ctx).expectCreations(key, count, now)
    return null
  })
  const request = createPod(rs, podFromTemplate(rs.spec.template, rs, controllerRef(rs)))
  const { successes, failure } = slowStart<Pod>(ctx, count, () => request, (answer) => {
    const refused = reportCreated(ctx, rs, answer)
    return refused && !isNamespaceTerminating(refused) ? refused : undefined
  })
  // Pods that were refused or never asked for will not be seen by the informer.
  if (successes < count) {
    ctx.note('replicaset.slowStartStopped', { name: rs.metadata.name, made: successes, wanted: count })
    ctx.once(() => {
      new Expectations(ctx).creationObserved(key, count - successes)
      return null
    })
  }
  return failure?.message
}

function deletePods(ctx: ControllerContext, key: string, rs: ReplicaSet, active: readonly Pod[], count: number): string | undefined {
  const { now } = ctx
  const ranked = count < active.length ? rankForDeletion(active, relatedPods(ctx, rs), isPodActive, now) : active
  const doomed = ranked.slice(0, count)
  ctx.once(() => {
    new Expectations(ctx).expectDeletions(key, doomed.map(keyOf), now)
    return null
  })
  const answers = ctx.all<KubeObject>(doomed.map((pod) => deletePod(pod)))
  let failure: string | undefined
  answers.forEach((answer, i) => {
    const pod = doomed[i]!
    reportDeleted(ctx, rs, pod.metadata.name, answer)
    if (!isStatus(answer)) return
    ctx.once(() => {
      new Expectations(ctx).deletionObserved(key, keyOf(pod))
      return null
    })
    if (!isNotFound(answer)) failure ??= answer.message
  })
  return failure
}

/** Pods of all ReplicaSets with the same owner: those of a Deployment's other revisions crowd a node as well. */
function relatedPods(ctx: ControllerContext, rs: ReplicaSet): readonly Pod[] {
  const owner = controllerOf(rs)
  if (!owner) return []
  const pods = ctx.lister<Pod>('pods').list(rs.metadata.namespace)
  const selectors = ctx.lister<ReplicaSet>('replicasets').by('owner', owner.uid).map((sibling) => compileSelector(sibling.spec.selector))
  return pods.filter((pod) => selectors.some((selector) => matches(selector, pod.metadata.labels)))
}
