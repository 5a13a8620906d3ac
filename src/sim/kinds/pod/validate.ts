import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { Pod } from '../../api/pod.ts'
import { containersOfPod } from '../../api/validate/container.ts'
import { podAnnotations } from '../../api/validate/pod-annotations.ts'
import { validatePodSpec } from '../../api/validate/pod-spec.ts'

export function metadataAndSpec(pod: Pod, out: FieldError[]): void {
  podAnnotations(pod.metadata.annotations, pod.spec, 'metadata.annotations', out)
  validatePodSpec(pod.spec, pod.metadata.name, 'spec', out, true)
  tokensWithoutAccount(pod, out)
  containersOfPod(pod.spec.containers, 'spec.containers', out)
  containersOfPod(pod.spec.initContainers, 'spec.initContainers', out)
}

function tokensWithoutAccount(pod: Pod, out: FieldError[]): void {
  if (pod.spec.serviceAccountName) return
  pod.spec.volumes?.forEach((v, i) =>
    v.projected?.sources?.forEach((s, j) => {
      if (!s.serviceAccountToken) return
      out.push(forbiddenField(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, 'must not be specified when serviceAccountName is not set'))
    }),
  )
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
