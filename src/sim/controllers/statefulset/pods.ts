import { deepEqual } from '../../api/deep.ts'
import { keyOf, type KubeObject } from '../../api/meta.ts'
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

/** Creates claims that are missing. */
export function ensureClaims(ctx: ControllerContext, set: StatefulSet, pod: Pod): void {
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  for (const claim of claimsOf(set, pod)) {
    if (lister.get(claim.metadata.namespace, claim.metadata.name)) continue
    const owners = claimOwners(set, pod, false)
    const answer = ctx.call(create(CLAIMS, set.metadata.namespace, owners.length > 0 ? { ...claim, metadata: { ...claim.metadata, ownerReferences: owners } } : claim))
    if (isAlreadyExists(answer)) continue
    const about = `Create Claim ${claim.metadata.name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`
    if (!isStatus(answer)) ctx.event(set, 'Normal', 'SuccessfulCreate', `${about} success`)
    else {
      ctx.event(set, 'Warning', 'FailedCreate', `${about} failed error: ${answer.message}`)
      throw new Refused(answer)
    }
  }
}

/** Claims of a pod that is to be scaled away, or that stays, get the owners that the retention policy wants. */
export function fixClaimOwners(ctx: ControllerContext, set: StatefulSet, pod: Pod, condemned: boolean): void {
  const lister = ctx.lister<KubeObject>('persistentvolumeclaims')
  for (const { metadata } of claimsOf(set, pod)) {
    const claim = lister.get(metadata.namespace, metadata.name)
    if (!claim) continue
    const own = (ref: { readonly uid: string }): boolean => ref.uid === set.metadata.uid || ref.uid === pod.metadata.uid
    const others = (claim.metadata.ownerReferences ?? []).filter((ref) => !own(ref))
    const wanted = [...others, ...claimOwners(set, pod, condemned)]
    if (deepEqual(wanted, claim.metadata.ownerReferences ?? [])) continue
    const answer = ctx.call(update(CLAIMS, { ...claim, metadata: { ...claim.metadata, ownerReferences: wanted } }))
    if (!isStatus(answer) || isNotFound(answer)) continue
    const why = `could not update claim ${claim.metadata.name} for delete policy ownerRefs: ${answer.message}`
    if (!condemned) ctx.event(set, 'Warning', 'FailedUpdate', `Update Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${why}`)
    throw new Refused(why)
  }
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
