import { keyOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { PODS } from '../../client/request.ts'
import type { Micros } from '../../engine/time.ts'
import { BIND_COMPLETED, CLAIMS, claimKeys, STORAGE_CLASSES, VOLUMES, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { PVCLAIMBINDER_SYNC_PERIOD } from '../../flags/kube-controller-manager.ts'
import { syncClaim } from './claim.ts'
import { CLAIM_MEMORY, claimOfVolume, VOLUME_MEMORY, versionOf } from './memory.ts'
import { OPERATIONS, recycledBy, watchRecycler } from './reclaim.ts'
import { syncVolume } from './volume.ts'

const RESYNC = 'resync'

function untilTick(ctx: Pick<HandlerContext, 'now' | 'flag'>): Micros {
  const period = ctx.flag(PVCLAIMBINDER_SYNC_PERIOD)
  return period - (ctx.now % period)
}

/** Might another look find something to do although nothing changed? Only then the periodic look costs anything. */
const claimIsOpen = ({ metadata, status }: Claim): boolean => metadata.annotations?.[BIND_COMPLETED] === undefined || status?.phase === 'Pending'
const volumeIsOpen = ({ spec, status }: PersistentVolume): boolean =>
  status?.phase !== 'Available' && status?.phase !== 'Bound' && spec.persistentVolumeReclaimPolicy !== 'Retain' && !spec.csi

function forget(ctx: HandlerContext, memory: string, object: KubeObject): void {
  const written = ctx.state<KubeObject>(memory).get(keyOf(object))
  if (written && versionOf(written) <= versionOf(object)) ctx.state(memory).delete(keyOf(object))
}

function claimHeard(ctx: HandlerContext, claim: Claim): void {
  forget(ctx, CLAIM_MEMORY, claim)
  ctx.enqueue(`claim ${keyOf(claim)}`)
  if (claimIsOpen(claim)) ctx.enqueueAfter(RESYNC, untilTick(ctx))
}

function volumeHeard(ctx: HandlerContext, volume: PersistentVolume): void {
  forget(ctx, VOLUME_MEMORY, volume)
  ctx.enqueue(`volume ${volume.metadata.name}`)
  if (volumeIsOpen(volume)) ctx.enqueueAfter(RESYNC, untilTick(ctx))
}

/** Binds claims to volumes and decides what becomes of released ones (kube-controller-manager: volume/persistentvolume). */
export const persistentVolumeBinder: Controller = {
  name: 'persistentvolume-binder-controller',
  component: 'persistentvolume-controller',
  // Kubernetes has one worker for claims and one for volumes; here they take turns, so that no volume is given away twice.
  workers: 1,
  watches: [
    {
      resource: VOLUMES,
      indexes: { claim: claimOfVolume },
      onAdd: volumeHeard,
      onUpdate: (ctx, _old: PersistentVolume, volume: PersistentVolume) => volumeHeard(ctx, volume),
      onDelete(ctx, volume: PersistentVolume) {
        ctx.state(VOLUME_MEMORY).delete(keyOf(volume))
        ctx.state(OPERATIONS).delete(`delete ${volume.metadata.name}`)
        const claim = claimOfVolume(volume)
        if (claim) ctx.enqueue(`claim ${claim}`)
      },
    },
    {
      resource: CLAIMS,
      onAdd: claimHeard,
      onUpdate: (ctx, _old: Claim, claim: Claim) => claimHeard(ctx, claim),
      onDelete(ctx, claim: Claim) {
        ctx.state(CLAIM_MEMORY).delete(keyOf(claim))
        if (claim.spec.volumeName) ctx.enqueue(`volume ${claim.spec.volumeName}`)
      },
    },
    { resource: STORAGE_CLASSES },
    {
      resource: PODS,
      indexes: { claim: claimKeys },
      onUpdate: (ctx, _old: Pod, pod: Pod) => recycler(ctx, pod),
      onDelete: recycler,
    },
  ],
  state: [CLAIM_MEMORY, VOLUME_MEMORY, OPERATIONS],
  reconcile(ctx, key) {
    if (key === RESYNC) return resync(ctx)
    const [what, name = ''] = key.split(' ')
    return retrying(() => {
      if (what === 'claim') syncClaim(ctx, name)
      else if (what === 'volume') syncVolume(ctx, name)
      else watchRecycler(ctx, name)
      return undefined
    })
  },
}

function recycler(ctx: HandlerContext, pod: Pod): void {
  const volume = recycledBy(pod)
  if (volume !== undefined) ctx.enqueue(`recycle ${volume}`)
}

/** All that is not settled gets another look, as long as there is something (pv_controller_base.go: resync). */
function resync(ctx: ControllerContext): ReconcileResult {
  const claims = ctx.lister<Claim>('persistentvolumeclaims').list().filter(claimIsOpen)
  const volumes = ctx.lister<PersistentVolume>('persistentvolumes').list().filter(volumeIsOpen)
  for (const claim of claims) ctx.enqueueAfter(`claim ${keyOf(claim)}`, 0)
  for (const volume of volumes) ctx.enqueueAfter(`volume ${volume.metadata.name}`, 0)
  return claims.length + volumes.length > 0 ? { after: untilTick(ctx) } : undefined
}
