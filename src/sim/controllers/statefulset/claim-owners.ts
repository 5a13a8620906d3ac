import { controllerRef, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { isInRange } from './identity.ts'

/** Who owns a pod's claims under a retention policy (pkg/controller/statefulset, stateful_set_utils.go). */

const refsOf = (claim: KubeObject): readonly OwnerReference[] => claim.metadata.ownerReferences ?? []
const names = (ref: OwnerReference, owner: KubeObject): boolean =>
  ref.apiVersion === owner.apiVersion && ref.kind === owner.kind && ref.name === owner.metadata.name
const owns = (claim: KubeObject, owner: KubeObject): boolean => refsOf(claim).some((ref) => ref.uid === owner.metadata.uid)

function policyOf(set: StatefulSet): { readonly deleted: boolean; readonly scaled: boolean } {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  return { deleted: whenDeleted === 'Delete', scaled: whenScaled === 'Delete' }
}

/** The owners that the policy wants: the set while the pod is wanted, the pod itself once it is to be scaled away. */
function policyOwners(set: StatefulSet, pod: Pod): readonly KubeObject[] {
  const { deleted, scaled } = policyOf(set)
  if (scaled && !isInRange(set, pod)) return [pod]
  return deleted ? [set] : []
}

/** Does the claim name an earlier object of the same name? Then it is still that one's. */
export function isOfEarlier(claim: KubeObject, owner: KubeObject): boolean {
  const ref = refsOf(claim).find((known) => names(known, owner))
  return ref !== undefined && ref.uid !== owner.metadata.uid
}

/** Is somebody else a controller of the claim, so that the retention policy gives way? */
export function hasOtherController(claim: KubeObject, set: StatefulSet, pod: Pod): boolean {
  const { deleted, scaled } = policyOf(set)
  if (!deleted && !scaled) return false
  return refsOf(claim).some((ref) => {
    if (names(ref, set)) return ref.uid !== set.metadata.uid
    if (names(ref, pod)) return ref.uid !== pod.metadata.uid
    return ref.controller === true
  })
}

/** Need the claim's references no change, or must they not be touched? */
export function ownersAreRight(claim: KubeObject, set: StatefulSet, pod: Pod): boolean {
  if (isOfEarlier(claim, set) || isOfEarlier(claim, pod)) return true
  const ours = owns(claim, set) || owns(claim, pod)
  if (hasOtherController(claim, set, pod)) return !ours
  if (refsOf(claim).some((ref) => (ref.uid === set.metadata.uid || ref.uid === pod.metadata.uid) && !ref.controller)) return false
  const wanted = policyOwners(set, pod)
  return owns(claim, set) === wanted.includes(set) && owns(claim, pod) === wanted.includes(pod)
}

/** The claim's references with those to set and pod as the policy wants them, or without any where another controller has the claim. */
export function wantedOwners(claim: KubeObject, set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const others = refsOf(claim).filter((ref) => !names(ref, set) && !names(ref, pod))
  return hasOtherController(claim, set, pod) ? others : [...others, ...policyOwners(set, pod).map(controllerRef)]
}
