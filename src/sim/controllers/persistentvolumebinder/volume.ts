import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import { get } from '../../client/request.ts'
import { CLAIMS, modeOf, PROVISIONED_BY, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { setVolumePhase, unbindVolume } from './bind.ts'
import { claimNamed, VOLUME_MEMORY, versionOf } from './memory.ts'
import { migratedVolume } from './migration.ts'
import { reclaim } from './reclaim.ts'

/** One look at a volume (pv_controller.go: syncVolume). Throws Refused. */
export function syncVolume(ctx: ControllerContext, name: string): void {
  const cached = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, name)
  if (!cached) return
  const written = ctx.once(() => ctx.state<PersistentVolume>(VOLUME_MEMORY).get(name) ?? null)
  if (written && versionOf(written) > versionOf(cached)) return
  const volume = migratedVolume(ctx, cached)
  if (!volume.spec.claimRef?.uid) {
    setVolumePhase(ctx, volume, 'Available')
    return
  }
  const claim = claimBehind(ctx, volume)
  if (!claim) release(ctx, volume)
  else if (!claim.spec.volumeName) expectBinding(ctx, volume, claim)
  else if (claim.spec.volumeName === name) setVolumePhase(ctx, volume, 'Bound')
  else if (volume.metadata.annotations?.[PROVISIONED_BY] !== undefined && volume.spec.persistentVolumeReclaimPolicy === 'Delete') release(ctx, volume)
  else unbindVolume(ctx, volume)
}

const ended = ({ status }: PersistentVolume): boolean => status?.phase === 'Released' || status?.phase === 'Failed'

/** The claim that the volume points at, uid and all; asked of the API server before it is believed to be gone. */
function claimBehind(ctx: ControllerContext, volume: PersistentVolume): Claim | undefined {
  const { namespace, name = '', uid } = volume.spec.claimRef!
  const cached = claimNamed(ctx, namespace, name)
  if (cached ? cached.metadata.uid === uid : ended(volume)) return cached
  const fresh = ctx.call<Claim>(get(CLAIMS, namespace, name))
  if (isStatus(fresh)) {
    if (isNotFound(fresh)) return undefined
    throw new Refused(fresh)
  }
  return fresh.metadata.uid === uid ? fresh : undefined
}

function release(ctx: ControllerContext, volume: PersistentVolume): void {
  reclaim(ctx, ended(volume) ? volume : setVolumePhase(ctx, volume, 'Released'))
}

/** The claim does not point back yet: it is its turn. */
function expectBinding(ctx: ControllerContext, volume: PersistentVolume, claim: Claim): void {
  if (modeOf(volume) === modeOf(claim)) {
    ctx.enqueueAfter(`claim ${claim.metadata.namespace}/${claim.metadata.name}`, 0)
    return
  }
  ctx.event(volume, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${JSON.stringify(claim.metadata.name)} due to incompatible volumeMode.`)
  ctx.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume ${JSON.stringify(volume.metadata.name)} to requested PersistentVolumeClaim due to incompatible volumeMode.`)
}
