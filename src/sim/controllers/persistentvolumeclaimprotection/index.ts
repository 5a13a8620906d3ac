import { keyOf, splitKey, type KubeList } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import { list, PODS } from '../../client/request.ts'
import { claimKeys, claimNameOf, CLAIMS, isTerminated, type Claim } from '../../client/storage/objects.ts'
import { concernsProtection, protect } from '../../client/storage/protection.ts'

const FINALIZER = 'kubernetes.io/pvc-protection'

const claimHeard = (ctx: HandlerContext, claim: Claim): void => {
  if (concernsProtection(claim, FINALIZER)) ctx.enqueue(keyOf(claim))
}

/** Pods that run on a node cannot help a claim to go; all others may (enqueuePVCs). */
function podHeard(ctx: HandlerContext, pod: Pod, deleted = false): void {
  const keys = claimKeys(pod)
  if (keys.length === 0 || (!deleted && pod.spec.nodeName && !isTerminated(pod))) return
  for (const key of keys) {
    const { namespace, name } = splitKey(key)
    const claim = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
    if (claim) claimHeard(ctx, claim)
  }
}

const isShutDown = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0

/** Does a pod on a node hold the claim? One that has ended does, as long as it is there (podUsesPVCForDeletion). */
export function holds(pod: Pod, claim: Claim): boolean {
  if (!pod.spec.nodeName) return false
  const own = (): boolean => claim.metadata.ownerReferences?.some((o) => o.controller && o.uid === pod.metadata.uid) ?? false
  return (pod.spec.volumes ?? []).some((v) => claimNameOf(pod, v) === claim.metadata.name && (!v.ephemeral || (!isShutDown(pod) && own())))
}

/** A claim that a pod uses does not go (kube-controller-manager: volume/pvcprotection). */
export const persistentVolumeClaimProtection: Controller = {
  name: 'persistentvolumeclaim-protection-controller',
  workers: 1,
  watches: [
    { resource: CLAIMS, onAdd: claimHeard, onUpdate: (ctx, _old: Claim, claim: Claim) => claimHeard(ctx, claim) },
    {
      resource: PODS,
      indexes: { claim: claimKeys },
      onAdd: podHeard,
      onUpdate(ctx, old: Pod, pod: Pod) {
        podHeard(ctx, pod)
        if (old.metadata.uid !== pod.metadata.uid) podHeard(ctx, old, true)
      },
      onDelete: (ctx, pod: Pod) => podHeard(ctx, pod, true),
    },
  ],
  reconcile: (ctx, key) =>
    retrying(() => {
      const { namespace, name } = splitKey(key)
      const claim = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
      if (!claim) return
      protect(ctx, CLAIMS, claim, FINALIZER, () => {
        if (ctx.lister<Pod>('pods').by('claim', key).some((pod) => holds(pod, claim))) return true
        // The cache may be behind: a live list decides.
        const live = must(ctx.call<KubeList<Pod>>(list(PODS, namespace)))
        return live.items.some((pod) => holds(pod, claim))
      })
    }),
}
