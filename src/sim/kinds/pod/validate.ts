import { FamiliarSet } from '../../api/familiar.ts'
import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { Pod } from '../../api/pod.ts'
import { profilesMatch } from '../../api/validate/profile-annotations.ts'
import { checkPodAnnotations, checkPodSpec } from './validate-spec.ts'

/** Specs of templates in which nothing was found. */
const sound = new FamiliarSet()

/** Names of ephemeral claims contain the pod's, so that only specs without them are sound for every pod. */
function isSound(like: Pod | undefined): boolean {
  if (!like || like.spec.volumes?.some((v) => v.ephemeral)) return false
  if (sound.has(like.spec)) return true
  const found: FieldError[] = []
  checkPodSpec(like, found)
  if (found.length === 0) sound.add(like.spec)
  return found.length === 0
}

/** core/validation: ValidatePodCreate. */
export function validatePod(pod: Pod, like?: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  checkPodAnnotations(pod, out)
  // Label keys were merged into selectors since: such a pod is looked at by itself.
  const same = like && pod.spec.affinity === like.spec.affinity && pod.spec.topologySpreadConstraints === like.spec.topologySpreadConstraints
  if (!same || !isSound(like)) checkPodSpec(pod, out)
  if (pod.spec.ephemeralContainers?.length) out.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (pod.spec.nodeName && pod.spec.schedulingGates?.length) out.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  profilesMatch(pod.metadata.annotations, pod.spec, 'spec', out)
  return out
}
