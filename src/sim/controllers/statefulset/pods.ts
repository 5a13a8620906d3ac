import { deepEqual } from '../../api/deep.ts'
import { keyOf, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isAlreadyExists, isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import { create, PODS, remove, update } from '../../client/request.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { claimOwners, claimsOf, ordinalOf } from './identity.ts'

const CLAIMS = { group: '', version: 'v1', resource: 'persistentvolumeclaims' } as const

/** Creates a pod's claims and the pod, with the Events of both. Throws Refused. */
export function createStatefulPod(ctx: ControllerContext, set: StatefulSet, pod: Pod): void {
  ensureClaims(ctx, set, pod)
  const answer = ctx.call<Pod>(create(PODS, set.metadata.namespace, pod))
  if (isAlreadyExists(answer)) throw new Refused(isStatus(answer) ? answer : '')
  report(ctx, set, pod, 'Create', answer)
}

/** Creates claims that are missing, and gives them their owners as far as the cache shows them (createMissingPersistentVolumeClaims). */
export function ensureClaims(ctx: ControllerContext, set: StatefulSet, pod: Pod): void {
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  for (const claim of claimsOf(set, pod)) {
    const known = lister.get(claim.metadata.namespace, claim.metadata.name)
    if (known?.metadata.deletionTimestamp !== undefined) throw new Refused(`pvc ${claim.metadata.name} is being deleted`)
    if (known) continue
    const answer = ctx.call(create(CLAIMS, set.metadata.namespace, claim))
    if (isAlreadyExists(answer)) continue
    const about = `Create Claim ${claim.metadata.name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    if (!isStatus(answer)) ctx.event(set, 'Normal', 'SuccessfulCreate', `${about} success`)
    else {
      ctx.event(set, 'Warning', 'FailedCreate', `${about} failed error: ${answer.message}`)
      throw new Refused(answer)
    }
  }
  fixClaimOwners(ctx, set, pod, false)
}

/** Claims of a pod that is to be scaled away, or that stays, get the owners that the retention policy wants (UpdatePodClaimForRetentionPolicy). */
export function fixClaimOwners(ctx: ControllerContext, set: StatefulSet, pod: Pod, condemned: boolean): void {
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  for (const { metadata } of claimsOf(set, pod)) {
    const claim = lister.get(metadata.namespace, metadata.name)
    const wanted = claim && ownersFor(ctx, set, pod, claim, condemned)
    if (!wanted) continue
    const answer = ctx.call(update(CLAIMS, { ...claim, metadata: { ...claim.metadata, ownerReferences: wanted } }))
    if (!isStatus(answer) || isNotFound(answer)) continue
    const why = `could not update claim ${claim.metadata.name} for delete policy ownerRefs: ${answer.message}`
    if (!condemned) ctx.event(set, 'Warning', 'FailedUpdate', `Update Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${why}`)
    throw new Refused(why)
  }
}

/** The claim's references as they should be; undefined when they are, or are not to be touched. */
function ownersFor(ctx: ControllerContext, set: StatefulSet, pod: Pod, claim: KubeObject, condemned: boolean): readonly OwnerReference[] | undefined {
  const refs = claim.metadata.ownerReferences ?? []
  if (refs.some((ref) => isStale(ref, set, pod))) return undefined
  const own = (ref: OwnerReference): boolean => ref.uid === set.metadata.uid || ref.uid === pod.metadata.uid
  const others = refs.filter((ref) => !own(ref))
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const managed = (whenDeleted === 'Delete' || whenScaled === 'Delete') && others.some((ref) => ref.controller)
  if (managed && others.length === refs.length) return undefined
  if (managed) {
    const name = claim.metadata.name
    ctx.event(set, 'Warning', 'ConflictingController', `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`)
    return others
  }
  const wanted = [...others, ...claimOwners(set, pod, condemned)]
  return deepEqual(wanted, refs) ? undefined : wanted
}

/** A reference to an earlier set or pod of the same name: the claim is still theirs. */
function isStale(ref: OwnerReference, set: StatefulSet, pod: Pod): boolean {
  const names = (owner: KubeObject): boolean => ref.apiVersion === owner.apiVersion && ref.kind === owner.kind && ref.name === owner.metadata.name
  return (names(set) && ref.uid !== set.metadata.uid) || (names(pod) && ref.uid !== pod.metadata.uid)
}

/** A claim that goes with a former pod must go before a new pod of that name comes (PodClaimIsStale). */
export function awaitsClaims(ctx: ControllerContext, set: StatefulSet, pod: Pod): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  return claimsOf(set, pod).some(({ metadata }) =>
    (lister.get(metadata.namespace, metadata.name)?.metadata.ownerReferences ?? []).some((ref) => ref.kind === 'Pod' && ref.name === pod.metadata.name && ref.uid !== pod.metadata.uid))
}

export function deleteStatefulPod(ctx: ControllerContext, set: StatefulSet, pod: Pod): void {
  ctx.note('statefulset.delete', { name: set.metadata.name, pod: keyOf(pod), ordinal: ordinalOf(set, pod) })
  report(ctx, set, pod, 'Delete', ctx.call(remove(PODS, pod)))
}

/** The Event of a change of a pod; throws Refused when it was refused. A pod that is gone already is none. */
function report(ctx: ControllerContext, set: StatefulSet, pod: Pod, verb: 'Create' | 'Delete', answer: unknown): void {
  if (isNotFound(answer) && verb === 'Delete') return
  const about = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
  if (!isStatus(answer)) return ctx.event(set, 'Normal', `Successful${verb}`, `${about} successful`)
  ctx.event(set, 'Warning', `Failed${verb}`, `${about} failed error: ${answer.message}`)
  throw new Refused(answer)
}
