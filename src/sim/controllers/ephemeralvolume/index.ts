import { keyOf, splitKey, type KubeObject } from '../../api/meta.ts'
import { uidOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import type { Volume } from '../../api/volume.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { create, PODS } from '../../client/request.ts'
import { claimKeys, CLAIMS, type Claim } from '../../client/storage/objects.ts'

function podHeard(ctx: HandlerContext, pod: Pod): void {
  if (pod.metadata.deletionTimestamp === undefined && pod.spec.volumes?.some((v) => v.ephemeral)) ctx.enqueue(keyOf(pod))
}

/** Makes the claims of generic ephemeral volumes, which go with their pod (kube-controller-manager: volume/ephemeral). */
export const ephemeralVolumeController: Controller = {
  name: 'ephemeral-volume-controller',
  component: 'ephemeral_volume',
  workers: 5,
  watches: [
    { resource: PODS, indexes: { claim: claimKeys }, onAdd: podHeard },
    {
      resource: CLAIMS,
      onDelete(ctx, claim: Claim) {
        for (const pod of ctx.lister<Pod>('pods').by('claim', keyOf(claim))) podHeard(ctx, pod)
      },
    },
  ],
  reconcile(ctx, key): ReconcileResult {
    const { namespace, name } = splitKey(key)
    const pod = ctx.lister<Pod>('pods').get(namespace, name)
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return undefined
    for (const volume of pod.spec.volumes ?? []) {
      const wrong = volume.ephemeral && ensureClaim(ctx, pod, volume)
      if (!wrong) continue
      ctx.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${wrong}`)
      return { retry: `pod ${key}, ephemeral volume ${volume.name}: ${wrong}` }
    }
    return undefined
  },
}

/** Gives back what stands in the way. */
function ensureClaim(ctx: ControllerContext, pod: Pod, volume: Volume): string | undefined {
  const { namespace, name } = pod.metadata
  const claimName = `${name}-${volume.name}`
  const known = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, claimName)
  if (known) {
    const own = known.metadata.ownerReferences?.some((o) => o.controller && o.uid === pod.metadata.uid)
    return own ? undefined : `PVC ${namespace}/${claimName} was not created for pod ${namespace}/${name} (pod is not owner)`
  }
  const template = volume.ephemeral!.volumeClaimTemplate
  const { annotations, labels } = template?.metadata ?? {}
  const claim: KubeObject = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName,
      ...(annotations ? { annotations } : {}),
      ...(labels ? { labels } : {}),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid: uidOf(pod), controller: true, blockOwnerDeletion: true }],
    },
    spec: template?.spec,
  }
  ctx.note('volumes.ephemeralClaim', { pod: name, claim: claimName })
  const answer = ctx.call(create(CLAIMS, namespace, claim))
  return isStatus(answer) ? `create PVC ${claimName}: ${answer.message ?? ''}` : undefined
}
