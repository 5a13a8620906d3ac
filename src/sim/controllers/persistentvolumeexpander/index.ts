import { keyOf, splitKey } from '../../api/meta.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import { get, patch } from '../../client/request.ts'
import { csiNameOf, pluginOf } from '../../client/storage/in-tree.ts'
import { CLAIMS, PRE_RESIZE_CAPACITY, requestOf, VOLUMES, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'

const RESIZER = 'volume.kubernetes.io/storage-resizer'
const capacityOf = ({ status }: Claim): string => status?.capacity?.['storage'] ?? '0'

const heard = (ctx: HandlerContext, claim: Claim): void => {
  if (claim.status?.phase === 'Bound') ctx.enqueue(keyOf(claim))
}

/** Notices claims that want to be larger; drivers outside make them so (kube-controller-manager: volume/expand). */
export const persistentVolumeExpander: Controller = {
  name: 'persistentvolume-expander-controller',
  component: 'volume_expand',
  workers: 10,
  watches: [
    {
      resource: CLAIMS,
      onAdd: heard,
      onUpdate(ctx, old: Claim, claim: Claim) {
        if (compareQuantities(requestOf(claim), requestOf(old)) > 0 || compareQuantities(capacityOf(claim), capacityOf(old)) > 0) heard(ctx, claim)
      },
    },
  ],
  reconcile: (ctx, key) => retrying(() => expand(ctx, key)),
}

function expand(ctx: ControllerContext, key: string): void {
  const { namespace, name } = splitKey(key)
  const claim = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
  if (!claim) return
  const volume = must(ctx.call<PersistentVolume>(get(VOLUMES, undefined, claim.spec.volumeName ?? '')))
  const { claimRef } = volume.spec
  if (!claimRef || claimRef.namespace !== namespace || claimRef.uid !== claim.metadata.uid) throw new Refused(`persistent Volume is not bound to PVC being updated : ${key}`)
  if (compareQuantities(requestOf(claim), capacityOf(claim)) <= 0 && volume.metadata.annotations?.[PRE_RESIZE_CAPACITY] === undefined) return
  const plugin = pluginOf(volume.spec)
  const driver = csiNameOf(plugin)
  ctx.note('volumes.wantsMore', { claim: name, size: requestOf(claim) })
  if (!driver) return ctx.event(claim, 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC')
  ctx.event(claim, 'Normal', 'ExternalExpanding', `CSI migration enabled for ${plugin}; waiting for external resizer to expand the pvc`)
  if (claim.metadata.annotations?.[RESIZER] !== driver) must(ctx.call(patch(CLAIMS, claim, { metadata: { annotations: { [RESIZER]: driver } } })))
}
