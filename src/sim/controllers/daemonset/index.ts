import { deepEqual } from '../../api/deep.ts'
import { selectorMatches } from '../../api/labels.ts'
import { controllerOf, isBeingDeleted, keyOf, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import type { Controller, HandlerContext, Watches } from '../../client/controller.ts'
import { EXPECTATION_TABLES, Expectations } from '../../client/expectations.ts'
import { retrying } from '../../client/must.ts'
import { CONTROLLER_REVISIONS, DAEMON_SETS, NODES, PODS } from '../../client/request.ts'
import { seconds } from '../../engine/time.ts'
import type { ControllerRevision } from '../../kinds/controllerrevision/controllerrevision.ts'
import type { DaemonSet } from '../../kinds/daemonset/daemonset.ts'
import type { Node } from '../../kinds/node/node.ts'
import { shouldRun } from './placement.ts'
import { syncDaemonSet } from './sync.ts'

const own: Watches<DaemonSet> = {
  resource: DAEMON_SETS,
  onAdd: (ctx, ds) => ctx.enqueue(keyOf(ds)),
  onUpdate(ctx, old, ds) {
    if (old.metadata.uid !== ds.metadata.uid) new Expectations(ctx).forget(keyOf(old))
    ctx.enqueue(keyOf(ds))
  },
  onDelete(ctx, ds) {
    new Expectations(ctx).forget(keyOf(ds))
    ctx.enqueue(keyOf(ds))
  },
}

function resolve(ctx: HandlerContext, namespace: string | undefined, ref: OwnerReference | undefined): DaemonSet | undefined {
  if (ref?.kind !== 'DaemonSet') return undefined
  const ds = ctx.lister<DaemonSet>('daemonsets').get(namespace, ref.name)
  return ds?.metadata.uid === ref.uid ? ds : undefined
}

function wakeMatching(ctx: HandlerContext, object: KubeObject): void {
  if (!object.metadata.labels) return
  for (const ds of ctx.lister<DaemonSet>('daemonsets').list(object.metadata.namespace))
    if (selectorMatches(ds.spec.selector, object.metadata.labels)) ctx.enqueue(keyOf(ds))
}

function podGone(ctx: HandlerContext, pod: Pod): void {
  const ds = resolve(ctx, pod.metadata.namespace, controllerOf(pod))
  if (!ds) return
  new Expectations(ctx).deletionObserved(keyOf(ds), keyOf(pod))
  ctx.enqueue(keyOf(ds))
}

const pods: Watches<Pod> = {
  resource: PODS,
  onAdd(ctx, pod) {
    if (isBeingDeleted(pod)) return podGone(ctx, pod)
    const ref = controllerOf(pod)
    if (!ref) return wakeMatching(ctx, pod)
    const ds = resolve(ctx, pod.metadata.namespace, ref)
    if (!ds) return
    new Expectations(ctx).creationObserved(keyOf(ds))
    ctx.enqueue(keyOf(ds))
  },
  onUpdate(ctx, old, pod) {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
    if (isBeingDeleted(pod)) return podGone(ctx, pod)
    const before = controllerOf(old)
    const ref = controllerOf(pod)
    const reowned = !deepEqual(before, ref)
    const former = reowned ? resolve(ctx, old.metadata.namespace, before) : undefined
    if (former) ctx.enqueue(keyOf(former))
    if (!ref) {
      if (reowned || !deepEqual(old.metadata.labels, pod.metadata.labels)) wakeMatching(ctx, pod)
      return
    }
    const ds = resolve(ctx, pod.metadata.namespace, ref)
    if (!ds) return
    ctx.enqueue(keyOf(ds))
    const wait = ds.spec.minReadySeconds ?? 0
    if (wait > 0 && !isPodReady(old) && isPodReady(pod)) ctx.enqueueAfter(keyOf(ds), seconds(wait + 1))
  },
  onDelete: podGone,
}

const nodes: Watches<Node> = {
  resource: NODES,
  onAdd(ctx, node) {
    for (const ds of ctx.lister<DaemonSet>('daemonsets').list()) if (shouldRun(ds, node)[0]) ctx.enqueue(keyOf(ds))
  },
  onUpdate(ctx, old, node) {
    if (deepEqual(old.metadata.labels, node.metadata.labels) && deepEqual(old.spec.taints ?? [], node.spec.taints ?? [])) return
    for (const ds of ctx.lister<DaemonSet>('daemonsets').list()) {
      const [ran, stayed] = shouldRun(ds, old)
      const [runs, stays] = shouldRun(ds, node)
      if (ran !== runs || stayed !== stays) ctx.enqueue(keyOf(ds))
    }
  },
}

const revisions: Watches<ControllerRevision> = {
  resource: CONTROLLER_REVISIONS,
  onAdd(ctx, revision) {
    const ref = controllerOf(revision)
    if (!ref) wakeMatching(ctx, revision)
    else if (!isBeingDeleted(revision)) wakeOwner(ctx, revision)
  },
  onUpdate: (ctx, _old, revision) => wakeOwner(ctx, revision),
  onDelete: (ctx, revision) => wakeOwner(ctx, revision),
}

function wakeOwner(ctx: HandlerContext, object: KubeObject): void {
  const ds = resolve(ctx, object.metadata.namespace, controllerOf(object))
  if (ds) ctx.enqueue(keyOf(ds))
}

/** Runs one pod on every node that fits (kube-controller-manager: daemonset). */
export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  workers: 2,
  watches: [own, pods, nodes, revisions],
  state: [...EXPECTATION_TABLES, 'written', 'backoff'],
  reconcile: (ctx, key) => retrying(() => syncDaemonSet(ctx, key)),
}
