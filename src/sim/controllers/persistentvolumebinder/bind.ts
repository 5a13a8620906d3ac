import { deepEqual } from '../../api/deep.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import { update } from '../../client/request.ts'
import {
  BIND_COMPLETED, BOUND_BY_CONTROLLER, CLAIMS, isBoundTo, PRE_RESIZE_CAPACITY, VOLUMES, withAnnotations, type Claim, type ClaimStatus, type PersistentVolume,
} from '../../client/storage/objects.ts'
import { CLAIM_MEMORY, save, VOLUME_MEMORY } from './memory.ts'

/**
 * Binds the two, in the order that leaves every half-done state recoverable: the volume's reference, the volume's phase,
 * the claim's reference, the claim's status (pv_controller.go: bind). Throws Refused.
 */
export function bind(ctx: ControllerContext, volume: PersistentVolume, claim: Claim): void {
  ctx.note('volumes.bind', { claim: claim.metadata.name, volume: volume.metadata.name })
  const reserved = reserve(ctx, volume, claim)
  const bound = setVolumePhase(ctx, reserved, 'Bound')
  const pointing = point(ctx, claim, bound)
  setClaimStatus(ctx, pointing, 'Bound', bound)
}

function reserve(ctx: ControllerContext, volume: PersistentVolume, claim: Claim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const ref = volume.spec.claimRef
  const same = ref?.name === name && ref.namespace === namespace && ref.uid === uid
  const chosenHere = !isBoundTo(volume, claim) && volume.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined
  if (same && !chosenHere) return volume
  const pointing = same ? volume : { ...volume, spec: { ...volume.spec, claimRef: { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion } } }
  return save(ctx, VOLUME_MEMORY, update(VOLUMES, chosenHere ? withAnnotations(pointing, { [BOUND_BY_CONTROLLER]: 'yes' }) : pointing))
}

function point(ctx: ControllerContext, claim: Claim, volume: PersistentVolume): Claim {
  const { annotations } = claim.metadata
  const chosenHere = claim.spec.volumeName !== volume.metadata.name
  const added = {
    ...(chosenHere && annotations?.[BOUND_BY_CONTROLLER] === undefined ? { [BOUND_BY_CONTROLLER]: 'yes' } : {}),
    ...(annotations?.[BIND_COMPLETED] === undefined ? { [BIND_COMPLETED]: 'yes' } : {}),
  }
  if (!chosenHere && Object.keys(added).length === 0) return claim
  return save(ctx, CLAIM_MEMORY, update(CLAIMS, withAnnotations({ ...claim, spec: { ...claim.spec, volumeName: volume.metadata.name } }, added)))
}

/** Writes the phase when it differs (updateVolumePhase). */
export function setVolumePhase(ctx: ControllerContext, volume: PersistentVolume, phase: string, message = ''): PersistentVolume {
  if (volume.status?.phase === phase) return volume
  ctx.note('volumes.phase', { volume: volume.metadata.name, phase })
  const { message: _old, ...rest } = volume.status ?? {}
  return save(ctx, VOLUME_MEMORY, update(VOLUMES, { ...volume, status: { ...rest, phase, ...(message ? { message } : {}) } }, 'status'))
}

/** As `setVolumePhase`, with an Event when the phase changes. */
export function failVolume(ctx: ControllerContext, volume: PersistentVolume, reason: string, message: string): void {
  if (volume.status?.phase === 'Failed') return
  ctx.event(setVolumePhase(ctx, volume, 'Failed', message), 'Warning', reason, message)
}

/** The status of a claim that is bound to `volume`, or to none (updateClaimStatus). */
export function claimStatus(claim: Claim, phase: string, volume: PersistentVolume | undefined): ClaimStatus {
  const { accessModes: _modes, capacity, currentVolumeAttributesClassName, ...rest } = claim.status ?? {}
  if (!volume) return { ...rest, phase }
  const changes = claim.status?.phase !== phase
  const becomesBound = claim.status?.phase === 'Pending' && phase === 'Bound'
  const attributes = becomesBound ? volume.spec.volumeAttributesClassName : currentVolumeAttributesClassName
  return {
    ...rest,
    phase,
    ...(volume.spec.accessModes ? { accessModes: volume.spec.accessModes } : {}),
    ...(changes ? { capacity: capacityOf(claim, volume) } : capacity ? { capacity } : {}),
    ...(attributes === undefined ? {} : { currentVolumeAttributesClassName: attributes }),
  }
}

function capacityOf(claim: Claim, volume: PersistentVolume): ClaimStatus['capacity'] {
  const size = volume.spec.capacity?.['storage']
  if (size === undefined) throw new Refused(`PersistentVolume ${JSON.stringify(volume.metadata.name)} is without a storage capacity`)
  const before = volume.metadata.annotations?.[PRE_RESIZE_CAPACITY]
  if (before !== undefined) return { ...claim.status?.capacity, storage: before }
  const known = claim.status?.capacity?.['storage']
  return known !== undefined && compareQuantities(known, size) === 0 ? claim.status!.capacity : volume.spec.capacity
}

/** Writes the claim's status when it differs. */
export function setClaimStatus(ctx: ControllerContext, claim: Claim, phase: string, volume: PersistentVolume | undefined): Claim {
  const status = claimStatus(claim, phase, volume)
  return deepEqual(status, claim.status ?? {}) ? claim : save(ctx, CLAIM_MEMORY, update(CLAIMS, { ...claim, status }, 'status'))
}

/** Takes the reference back: the whole of it, or the uid of one that a person made (unbindVolume). */
export function unbindVolume(ctx: ControllerContext, volume: PersistentVolume): void {
  ctx.note('volumes.unbind', { volume: volume.metadata.name })
  const { claimRef, ...spec } = volume.spec
  const { [BOUND_BY_CONTROLLER]: own, ...annotations } = volume.metadata.annotations ?? {}
  const { uid: _uid, ...named } = claimRef ?? {}
  const free: PersistentVolume = own === undefined ? { ...volume, spec: { ...spec, claimRef: named } } : { ...volume, metadata: { ...volume.metadata, annotations }, spec }
  setVolumePhase(ctx, save(ctx, VOLUME_MEMORY, update(VOLUMES, free)), 'Available')
}
