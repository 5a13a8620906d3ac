import { splitKey } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import { update } from '../../client/request.ts'
import { bestVolume } from '../../client/storage/matching.ts'
import {
  BIND_COMPLETED, BOUND_BY_CONTROLLER, CLAIMS, classOf, defaultClass, isBoundTo, isTerminated, modeOf, requestOf, saysClass, SELECTED_NODE, sizeOf, waitsForConsumer,
  type Claim, type PersistentVolume, type StorageClass,
} from '../../client/storage/objects.ts'
import { bind, setClaimStatus } from './bind.ts'
import { candidates, CLAIM_MEMORY, save, versionOf, volumeNamed } from './memory.ts'
import { migratedClaim } from './migration.ts'
import { provision } from './provision.ts'

/** One look at a claim (pv_controller.go: syncClaim). Throws Refused. */
export function syncClaim(ctx: ControllerContext, key: string): void {
  const { namespace, name } = splitKey(key)
  const cached = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
  if (!cached) return
  const written = ctx.once(() => ctx.state<Claim>(CLAIM_MEMORY).get(key) ?? null)
  if (written && versionOf(written) > versionOf(cached)) return
  const claim = migratedClaim(ctx, cached)
  if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) syncUnbound(ctx, claim)
  else syncBound(ctx, claim)
}

function syncUnbound(ctx: ControllerContext, claim: Claim): void {
  if (claim.spec.volumeName) return syncNamed(ctx, claim, claim.spec.volumeName)
  const cls = classOf(claim) ? ctx.lister<StorageClass>('storageclasses').get(undefined, classOf(claim)) : undefined
  const waits = waitsForConsumer(cls)
  const volume = bestVolume(claim, candidates(ctx, claim), waits)
  if (volume) return bind(ctx, volume, claim)
  if (assignDefaultClass(ctx, claim)) return
  if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined) sayWaiting(ctx, claim)
  else if (classOf(claim)) return provision(ctx, claim)
  else ctx.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  setClaimStatus(ctx, claim, 'Pending', undefined)
}

/** A claim without a word on its class gets the default one, as soon as there is one (retroactive default class). */
function assignDefaultClass(ctx: ControllerContext, claim: Claim): boolean {
  if (saysClass(claim)) return false
  const cls = defaultClass(ctx.lister<StorageClass>('storageclasses').list())
  if (!cls) return false
  ctx.note('volumes.defaultClass', { claim: claim.metadata.name, class: cls.metadata.name })
  save(ctx, CLAIM_MEMORY, update(CLAIMS, { ...claim, spec: { ...claim.spec, storageClassName: cls.metadata.name } }))
  return true
}

function sayWaiting(ctx: ControllerContext, claim: Claim): void {
  const pods = unscheduledPods(ctx, claim)
  if (pods.length === 0) ctx.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
  else ctx.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for pod${pods.length > 1 ? 's' : ''} ${pods.join(',')} to be scheduled`)
}

const unscheduledPods = (ctx: ControllerContext, { metadata }: Claim): readonly string[] =>
  ctx.lister<Pod>('pods').by('claim', `${metadata.namespace}/${metadata.name}`).filter((pod) => !isTerminated(pod) && !pod.spec.nodeName).map((pod) => pod.metadata.name)

/** The claim asks for one volume by name. */
function syncNamed(ctx: ControllerContext, claim: Claim, name: string): void {
  const volume = volumeNamed(ctx, name)
  if (!volume) setClaimStatus(ctx, claim, 'Pending', undefined)
  else if (!volume.spec.claimRef) {
    const wrong = mismatch(volume, claim)
    if (wrong === undefined) return bind(ctx, volume, claim)
    ctx.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(name)}: ${wrong}`)
    setClaimStatus(ctx, claim, 'Pending', undefined)
  } else if (isBoundTo(volume, claim)) bind(ctx, volume, claim)
  else {
    ctx.event(claim, 'Warning', 'FailedBinding', `volume ${JSON.stringify(name)} already bound to a different claim.`)
    if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) setClaimStatus(ctx, claim, 'Pending', undefined)
    else throw new Refused(`invalid binding of claim ${claim.metadata.namespace}/${claim.metadata.name} to volume ${name}: volume already claimed`)
  }
}

/** Why a volume cannot be had even though it is asked for by name (checkVolumeSatisfyClaim); its labels and nodes do not matter. */
export function mismatch(volume: PersistentVolume, claim: Claim): string | undefined {
  const { name, deletionTimestamp } = volume.metadata
  if (deletionTimestamp !== undefined) return `the volume is marked for deletion ${JSON.stringify(name)}`
  if (compareQuantities(sizeOf(volume), requestOf(claim)) < 0) return 'requested PV is too small'
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match'
  if ((claim.spec.volumeAttributesClassName ?? '') !== (volume.spec.volumeAttributesClassName ?? '')) return 'volumeAttributesClassName does not match'
  if (modeOf(volume) !== modeOf(claim)) return 'incompatible volumeMode'
  if (!(claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode))) return 'incompatible accessMode'
  return undefined
}

function syncBound(ctx: ControllerContext, claim: Claim): void {
  const name = claim.spec.volumeName
  if (!name) return lose(ctx, claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  const volume = volumeNamed(ctx, name)
  if (!volume) return lose(ctx, claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  const ref = volume.spec.claimRef
  if (!ref || ref.uid === claim.metadata.uid) return bind(ctx, volume, claim)
  lose(ctx, claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

function lose(ctx: ControllerContext, claim: Claim, reason: string, message: string): void {
  if (claim.status?.phase === 'Lost') return
  ctx.note('volumes.lost', { claim: claim.metadata.name })
  ctx.event(setClaimStatus(ctx, claim, 'Lost', undefined), 'Warning', reason, message)
}
