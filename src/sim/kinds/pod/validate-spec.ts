import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { Pod } from '../../api/pod.ts'
import { containersOfPod } from '../../api/validate/container.ts'
import { podAnnotations } from '../../api/validate/pod-annotations.ts'
import { validatePodSpec } from '../../api/validate/pod-spec.ts'

export const checkPodAnnotations = (pod: Pod, out: FieldError[]): void => podAnnotations(pod.metadata.annotations, pod.spec, 'metadata.annotations', out)

function tokensWithoutAccount(pod: Pod, out: FieldError[]): void {
  if (pod.spec.serviceAccountName) return
  pod.spec.volumes?.forEach((v, i) =>
    v.projected?.sources?.forEach((s, j) => {
      if (!s.serviceAccountToken) return
      out.push(forbiddenField(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, 'must not be specified when serviceAccountName is not set'))
    }),
  )
}

/** The spec's part of core/validation: validatePodMetadataAndSpec, the same for creation and update. */
export function checkPodSpec(pod: Pod, out: FieldError[]): void {
  validatePodSpec(pod.spec, pod.metadata.name, 'spec', out, true)
  tokensWithoutAccount(pod, out)
  containersOfPod(pod.spec.containers, 'spec.containers', out)
  containersOfPod(pod.spec.initContainers, 'spec.initContainers', out)
}
