import { deepEqual } from '../../api/deep.ts'
import { selectorMatches } from '../../api/labels.ts'
import { controllerOf, isBeingDeleted, keyOf, uidOf, type OwnerReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Controller, HandlerContext, Watches } from '../../client/controller.ts'
import { retryingUnlessTerminating } from '../../client/must.ts'
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../client/request.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { syncDeployment } from './sync.ts'

const own: Watches<Deployment> = {
  resource: DEPLOYMENTS,
  onAdd: (ctx, d) => ctx.enqueue(keyOf(d)),
  onUpdate: (ctx, _old, d) => ctx.enqueue(keyOf(d)),
  onDelete: (ctx, d) => ctx.enqueue(keyOf(d)),
}

function resolve(ctx: HandlerContext, namespace: string | undefined, ref: OwnerReference | undefined): Deployment | undefined {
  if (ref?.kind !== 'Deployment') return undefined
  const d = ctx.lister<Deployment>('deployments').get(namespace, ref.name)
  return d?.metadata.uid === ref.uid ? d : undefined
}

function wakeOwner(ctx: HandlerContext, rs: ReplicaSet): void {
  const d = resolve(ctx, rs.metadata.namespace, controllerOf(rs))
  if (d) ctx.enqueue(keyOf(d))
}

function wakeMatching(ctx: HandlerContext, rs: ReplicaSet): void {
  if (Object.keys(rs.metadata.labels ?? {}).length === 0) return
  for (const d of ctx.lister<Deployment>('deployments').list(rs.metadata.namespace))
    if (selectorMatches(d.spec.selector, rs.metadata.labels)) ctx.enqueue(keyOf(d))
}

const replicaSets: Watches<ReplicaSet> = {
  resource: REPLICA_SETS,
  onAdd: (ctx, rs) => (isBeingDeleted(rs) || controllerOf(rs) ? wakeOwner(ctx, rs) : wakeMatching(ctx, rs)),
  onUpdate(ctx, old, rs) {
    if (old.metadata.resourceVersion === rs.metadata.resourceVersion) return
    const reowned = !deepEqual(controllerOf(old), controllerOf(rs))
    if (reowned) wakeOwner(ctx, old)
    if (controllerOf(rs)) wakeOwner(ctx, rs)
    else if (reowned || !deepEqual(old.metadata.labels, rs.metadata.labels)) wakeMatching(ctx, rs)
  },
  onDelete: wakeOwner,
}

/** A Recreate rollout goes on when the last pod is gone. */
const pods: Watches<Pod> = {
  resource: PODS,
  onDelete(ctx, pod) {
    const ref = controllerOf(pod)
    if (ref?.kind !== 'ReplicaSet') return
    const sets = ctx.lister<ReplicaSet>('replicasets')
    const rs = sets.get(pod.metadata.namespace, ref.name)
    if (rs?.metadata.uid !== ref.uid) return
    const d = resolve(ctx, rs.metadata.namespace, controllerOf(rs))
    if (d?.spec.strategy?.type !== 'Recreate') return
    const left = sets.by('owner', uidOf(d)).some((set) => ctx.lister<Pod>('pods').by('owner', uidOf(set)).length > 0)
    if (!left) ctx.enqueue(keyOf(d))
  },
}

/** Rolls Deployments out by sizing their ReplicaSets (kube-controller-manager: deployment). */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  workers: 5,
  watches: [own, replicaSets, pods],
  reconcile: (ctx, key) => retryingUnlessTerminating(() => syncDeployment(ctx, key)),
}
