import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { Pod } from '../../api/pod.ts'
import { checkPodAnnotations, checkPodSpec } from './validate-spec.ts'

/** core/validation: ValidatePodCreate. */
export function validatePod(pod: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  checkPodAnnotations(pod, out)
  checkPodSpec(pod, out)
  if (pod.spec.ephemeralContainers?.length) out.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (pod.spec.nodeName && pod.spec.schedulingGates?.length) out.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  return out
}
