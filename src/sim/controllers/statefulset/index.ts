import { deepEqual } from '../../api/deep.ts'
import { selectorMatches } from '../../api/labels.ts'
import { controllerOf, keyOf, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import { CONTROLLER_REVISIONS, PODS } from '../../client/request.ts'
import { seconds } from '../../engine/time.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { STATEFUL_SETS } from './revisions.ts'
import { syncStatefulSet, WRITTEN } from './sync.ts'

function resolve(ctx: HandlerContext, namespace: string | undefined, ref: OwnerReference | undefined): StatefulSet | undefined {
  if (ref?.kind !== 'StatefulSet') return undefined
  const set = ctx.lister<StatefulSet>('statefulsets').get(namespace, ref.name)
  return set?.metadata.uid === ref.uid ? set : undefined
}

function wake(ctx: HandlerContext, object: KubeObject): void {
  const ref = controllerOf(object)
  if (ref) {
    const set = resolve(ctx, object.metadata.namespace, ref)
    if (set) ctx.enqueue(keyOf(set))
    return
  }
  if (!object.metadata.labels) return
  for (const set of ctx.lister<StatefulSet>('statefulsets').list(object.metadata.namespace))
    if (selectorMatches(set.spec.selector, object.metadata.labels)) ctx.enqueue(keyOf(set))
}

/** Keeps pods with names, order and storage of their own (kube-controller-manager: statefulset). */
export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  workers: 5,
  watches: [
    {
      resource: STATEFUL_SETS,
      onAdd: (ctx, set: StatefulSet) => ctx.enqueue(keyOf(set)),
      onUpdate: (ctx, _old: StatefulSet, set: StatefulSet) => ctx.enqueue(keyOf(set)),
      onDelete: (ctx, set: StatefulSet) => ctx.enqueue(keyOf(set)),
    },
    {
      resource: PODS,
      onAdd: wake,
      onUpdate(ctx, old: Pod, pod: Pod) {
        if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
        const before = controllerOf(old)
        const ref = controllerOf(pod)
        const reowned = !deepEqual(before, ref)
        if (reowned && before) wake(ctx, old)
        if (!ref && !reowned && deepEqual(old.metadata.labels, pod.metadata.labels)) return
        wake(ctx, pod)
        const set = resolve(ctx, pod.metadata.namespace, ref)
        const wait = set?.spec.minReadySeconds ?? 0
        if (set && wait > 0 && !isPodReady(old) && isPodReady(pod)) ctx.enqueueAfter(keyOf(set), seconds(wait))
      },
      onDelete: (ctx, pod: Pod) => controllerOf(pod) && wake(ctx, pod),
    },
    { resource: CONTROLLER_REVISIONS },
    { resource: { group: '', version: 'v1', resource: 'persistentvolumeclaims' } },
  ],
  state: [WRITTEN],
  reconcile: (ctx, key) => retrying(() => syncStatefulSet(ctx, key)),
}
