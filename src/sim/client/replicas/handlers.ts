import { deepEqual } from '../../api/deep.ts'
import { selectorMatches } from '../../api/labels.ts'
import { controllerOf, isBeingDeleted, keyOf, type OwnerReference } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import { seconds } from '../../engine/time.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import type { HandlerContext, Watches } from '../controller.ts'
import { Expectations } from '../expectations.ts'
import { PODS } from '../request.ts'
import { CREWS } from './crew.ts'
import { selectorOf } from './selector.ts'

/** The names of the kind whose pods are counted. */
export interface OwnerKind {
  readonly kind: string
  readonly plural: string
}

/** ReplicaSet events: a key is enqueued; a deleted one's expectations are forgotten. */
export const ownHandlers = {
  onAdd: (ctx: HandlerContext, rs: ReplicaSet): void => ctx.enqueue(keyOf(rs)),
  onUpdate(ctx: HandlerContext, old: ReplicaSet, rs: ReplicaSet): void {
    if (old.metadata.uid !== rs.metadata.uid) new Expectations(ctx).forget(keyOf(old))
    ctx.enqueue(keyOf(rs))
  },
  onDelete(ctx: HandlerContext, rs: ReplicaSet): void {
    new Expectations(ctx).forget(keyOf(rs))
    ctx.enqueue(keyOf(rs))
  },
}

/** Pod events: the owner's expectations are lowered and its key enqueued; orphans wake all that match. */
export function podHandlers(owner: OwnerKind): Watches<Pod> {
  const resolve = (ctx: HandlerContext, namespace: string | undefined, ref: OwnerReference): ReplicaSet | undefined => {
    if (ref.kind !== owner.kind) return undefined
    const rs = ctx.lister<ReplicaSet>(owner.plural).get(namespace, ref.name)
    return rs?.metadata.uid === ref.uid ? rs : undefined
  }
  const wakeMatching = (ctx: HandlerContext, pod: Pod): void => {
    if (!pod.metadata.labels) return
    for (const rs of ctx.lister<ReplicaSet>(owner.plural).list(pod.metadata.namespace))
      if (selectorMatches(selectorOf(rs), pod.metadata.labels)) ctx.enqueue(keyOf(rs))
  }
  const deleted = (ctx: HandlerContext, pod: Pod): void => {
    const ref = controllerOf(pod)
    const rs = ref && resolve(ctx, pod.metadata.namespace, ref)
    if (!rs) return
    new Expectations(ctx).deletionObserved(keyOf(rs), keyOf(pod))
    ctx.enqueue(keyOf(rs))
  }
  return {
    resource: PODS,
    tallies: [CREWS],
    onAdd(ctx, pod) {
      if (isBeingDeleted(pod)) return deleted(ctx, pod)
      const ref = controllerOf(pod)
      if (!ref) return wakeMatching(ctx, pod)
      const rs = resolve(ctx, pod.metadata.namespace, ref)
      if (!rs) return
      new Expectations(ctx).creationObserved(keyOf(rs))
      ctx.enqueue(keyOf(rs))
    },
    onUpdate(ctx, old, pod) {
      if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
      const relabelled = old.metadata.labels !== pod.metadata.labels && !deepEqual(old.metadata.labels, pod.metadata.labels)
      if (isBeingDeleted(pod)) {
        deleted(ctx, pod)
        if (relabelled) deleted(ctx, old)
        return
      }
      const ref = controllerOf(pod)
      const oldRef = controllerOf(old)
      const reowned = ref !== oldRef && !deepEqual(ref, oldRef)
      if (reowned && oldRef) {
        const before = resolve(ctx, old.metadata.namespace, oldRef)
        if (before) ctx.enqueue(keyOf(before))
      }
      if (!ref) {
        if (relabelled || reowned) wakeMatching(ctx, pod)
        return
      }
      const rs = resolve(ctx, pod.metadata.namespace, ref)
      if (!rs) return
      ctx.enqueue(keyOf(rs))
      const wait = rs.spec.minReadySeconds ?? 0
      if (wait > 0 && !isPodReady(old) && isPodReady(pod)) ctx.enqueueAfter(keyOf(rs), seconds(wait))
    },
    onDelete: deleted,
  }
}
