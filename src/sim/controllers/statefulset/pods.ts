import { isBeingDeleted, keyOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isAlreadyExists, isConflict, isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import { create, PODS, remove, update } from '../../client/request.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { hasOtherController, isOfEarlier, ownersAreRight, wantedOwners } from './claim-owners.ts'
import { claimsOf, keepsIdentity, ordinalOf, storageMatches, withIdentity, withStorage } from './identity.ts'

const CLAIMS = { group: '', version: 'v1', resource: 'persistentvolumeclaims' } as const

/**
 * Creates pods of one batch with their claims, all at once, with the Events of both (CreateStatefulPod). Gives back the first
 * refusal; the other pods of the batch are made nevertheless.
 */
export function createStatefulPods(ctx: ControllerContext, set: StatefulSet, pods: readonly Pod[]): Refused | undefined {
  let failure: Refused | undefined
  const ready = pods.filter((pod) => {
    const refusal = createClaims(ctx, set, pod)
    if (refusal === undefined) return true
    const told = refused(ctx, set, pod, 'Create', refusal)
    failure ??= told
    return false
  })
  const answers = ready.length === 0 ? [] : ctx.all<Pod>(ready.map((pod) => create(PODS, set.metadata.namespace, pod)))
  answers.forEach((answer, i) => {
    const refusal = isStatus(answer) && isAlreadyExists(answer) ? new Refused(answer) : made(ctx, set, ready[i]!, answer)
    failure ??= refusal
  })
  return failure
}

function made(ctx: ControllerContext, set: StatefulSet, pod: Pod, answer: Pod | Status): Refused | undefined {
  const refusal = fixClaimOwners(ctx, set, pod)
  if (refusal !== undefined) return refused(ctx, set, pod, 'Update', refusal)
  if (isStatus(answer)) return refused(ctx, set, pod, 'Create', answer.message ?? '', answer)
  return succeeded(ctx, set, pod, 'Create')
}

/** Claims that a pending pod still misses (createMissingPersistentVolumeClaims). Throws Refused. */
export function createMissingClaims(ctx: ControllerContext, set: StatefulSet, pod: Pod): void {
  const refusal = createClaims(ctx, set, pod)
  if (refusal !== undefined) throw new Refused(refusal)
  const failure = fixClaimOwners(ctx, set, pod)
  if (failure !== undefined) throw refused(ctx, set, pod, 'Update', failure)
}

/** Tries to make each claim that is not there; what went wrong, if anything did. */
function createClaims(ctx: ControllerContext, set: StatefulSet, pod: Pod): string | undefined {
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  const wrong: string[] = []
  for (const claim of claimsOf(set, pod)) {
    const { namespace, name } = claim.metadata
    const known = lister.get(namespace, name)
    if (known && isBeingDeleted(known)) wrong.push(`pvc ${name} is being deleted`)
    if (known) continue
    const answer = ctx.call(create(CLAIMS, set.metadata.namespace, claim))
    if (!isStatus(answer)) ctx.event(set, 'Normal', 'SuccessfulCreate', `Create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} success`)
    else {
      wrong.push(`failed to create PVC ${name}: ${answer.message}`)
      if (!isAlreadyExists(answer)) ctx.event(set, 'Warning', 'FailedCreate', `Create Claim ${name} for Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${answer.message}`)
    }
  }
  return wrong.length < 2 ? wrong[0] : `[${[...new Set(wrong)].join(', ')}]`
}

/** Gives claims the owners that the retention policy wants, as far as the cache shows them (UpdatePodClaimForRetentionPolicy); what went wrong, if anything did. */
export function fixClaimOwners(ctx: ControllerContext, set: StatefulSet, pod: Pod): string | undefined {
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  for (const { metadata } of claimsOf(set, pod)) {
    const claim = lister.get(metadata.namespace, metadata.name)
    if (!claim) continue
    const { name } = claim.metadata
    if (hasOtherController(claim, set, pod))
      ctx.event(set, 'Warning', 'ConflictingController', `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`)
    if (ownersAreRight(claim, set, pod)) continue
    const answer = ctx.call(update(CLAIMS, { ...claim, metadata: { ...claim.metadata, ownerReferences: wantedOwners(claim, set, pod) } }))
    if (isStatus(answer)) return `could not update claim ${name} for delete policy ownerRefs: ${answer.message}`
  }
  return undefined
}

/** Do all claims that the cache shows have the right owners (ClaimsMatchRetentionPolicy)? */
export function claimsHaveOwners(ctx: ControllerContext, set: StatefulSet, pod: Pod): boolean {
  if (!set.spec.volumeClaimTemplates?.length) return true
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  return claimsOf(set, pod).every(({ metadata }) => {
    const claim = lister.get(metadata.namespace, metadata.name)
    return !claim || ownersAreRight(claim, set, pod)
  })
}

/** Brings labels, volumes and the owners of claims of a pod in line (UpdateStatefulPod). Throws Refused. */
export function updateStatefulPod(ctx: ControllerContext, set: StatefulSet, pod: Pod): void {
  const stored = storageMatches(set, pod)
  const owned = claimsHaveOwners(ctx, set, pod)
  if (stored && owned && keepsIdentity(set, pod)) return
  const refusal = (stored ? undefined : createClaims(ctx, set, pod)) ?? (owned ? undefined : fixClaimOwners(ctx, set, pod))
  if (refusal !== undefined) throw refused(ctx, set, pod, 'Update', refusal)
  const answer = ctx.call<Pod>(update(PODS, withStorage(set, withIdentity(set, pod))))
  if (!isStatus(answer)) return void succeeded(ctx, set, pod, 'Update')
  if (isConflict(answer)) throw new Refused(answer)
  throw refused(ctx, set, pod, 'Update', answer.message ?? '', answer)
}

/** A claim that goes with a former pod must go before a new pod of that name comes (PodClaimIsStale). */
export function awaitsClaims(ctx: ControllerContext, set: StatefulSet, pod: Pod): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  return claimsOf(set, pod).some(({ metadata }) => {
    const claim = lister.get(metadata.namespace, metadata.name)
    return claim !== undefined && isOfEarlier(claim, pod)
  })
}

/** Deletes pods of one batch, all at once; the first refusal. That one is gone already is as good (DeleteStatefulPod). */
export function deleteStatefulPods(ctx: ControllerContext, set: StatefulSet, pods: readonly Pod[]): Refused | undefined {
  let failure: Refused | undefined
  for (const pod of pods) ctx.note('statefulset.delete', { name: set.metadata.name, pod: keyOf(pod), ordinal: ordinalOf(set, pod) })
  const answers = pods.length === 0 ? [] : ctx.all(pods.map((pod) => remove(PODS, pod)))
  answers.forEach((answer, i) => {
    const pod = pods[i]!
    const refusal = isStatus(answer) && !isNotFound(answer) ? refused(ctx, set, pod, 'Delete', answer.message ?? '', answer) : succeeded(ctx, set, pod, 'Delete')
    failure ??= refusal
  })
  return failure
}

type Verb = 'Create' | 'Update' | 'Delete'

function succeeded(ctx: ControllerContext, set: StatefulSet, pod: Pod, verb: Verb): undefined {
  ctx.event(set, 'Normal', `Successful${verb}`, `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`)
  return undefined
}

/** The Event of a refusal, and what ends the sync. */
function refused(ctx: ControllerContext, set: StatefulSet, pod: Pod, verb: Verb, why: string, status?: Status): Refused {
  ctx.event(set, 'Warning', `Failed${verb}`, `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${why}`)
  return new Refused(status ?? why)
}
