import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { Pod } from '../../api/pod.ts'
import { podAnnotations } from '../../api/validate/pod-annotations.ts'
import { validatePodSpec } from '../../api/validate/pod-spec.ts'

function metadataAndSpec(pod: Pod, out: FieldError[]): void {
  podAnnotations(pod.metadata.annotations, pod.spec, 'metadata.annotations', out)
  validatePodSpec(pod.spec, pod.metadata.name, 'spec', out)
}

/** core/validation: ValidatePodCreate. */
export function validatePod(pod: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  metadataAndSpec(pod, out)
  if (pod.spec.ephemeralContainers?.length) out.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'))
  if (pod.spec.nodeName && pod.spec.schedulingGates?.length) out.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  return out
}

export { validatePodUpdate } from './validate-update.ts'
export { validatePodStatusUpdate } from './validate-status.ts'
