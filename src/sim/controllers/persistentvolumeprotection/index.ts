import type { Controller, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import { VOLUMES, type PersistentVolume } from '../../client/storage/objects.ts'
import { concernsProtection, protect } from '../../client/storage/protection.ts'

const FINALIZER = 'kubernetes.io/pv-protection'

const heard = (ctx: HandlerContext, volume: PersistentVolume): void => {
  if (concernsProtection(volume, FINALIZER)) ctx.enqueue(volume.metadata.name)
}

/** A volume that is bound to a claim does not go (kube-controller-manager: volume/pvprotection). */
export const persistentVolumeProtection: Controller = {
  name: 'persistentvolume-protection-controller',
  workers: 1,
  watches: [{ resource: VOLUMES, onAdd: heard, onUpdate: (ctx, _old: PersistentVolume, volume: PersistentVolume) => heard(ctx, volume) }],
  reconcile: (ctx, name) =>
    retrying(() => {
      const volume = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, name)
      if (volume) protect(ctx, VOLUMES, volume, FINALIZER, () => volume.status?.phase === 'Bound')
    }),
}
