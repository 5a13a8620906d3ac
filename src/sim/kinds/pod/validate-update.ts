import { deepEqual } from '../../api/deep.ts'
import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { podAnnotations } from '../../api/validate/pod-annotations.ts'
import { validatePodSpec } from '../../api/validate/pod-spec.ts'

const UPDATABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** `next` with everything that an update may change set back to what it was. */
function munged(next: PodSpec, old: PodSpec): PodSpec {
  const images = <C extends { readonly image?: string }>(list: readonly C[] | undefined, was: readonly C[] | undefined): readonly C[] | undefined =>
    list?.map((c, i) => ({ ...c, image: was?.[i]?.image }))
  return {
    ...next,
    containers: images(next.containers, old.containers)!,
    initContainers: images(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
  }
}

/** core/validation: ValidatePodUpdate. */
export function validatePodUpdate(pod: Pod, old: Pod): readonly FieldError[] {
  const out: FieldError[] = []
  podAnnotations(pod.metadata.annotations, pod.spec, 'metadata.annotations', out)
  if (pod.spec === old.spec) return out
  validatePodSpec(pod.spec, pod.metadata.name, 'spec', out)
  if (deepEqual(pod.spec, old.spec)) return out
  if (pod.spec.containers.length !== old.spec.containers.length) {
    out.push(forbiddenField('spec.containers', 'pod updates may not add or remove containers'))
    return out
  }
  if ((pod.spec.initContainers ?? []).length !== (old.spec.initContainers ?? []).length) {
    out.push(forbiddenField('spec.initContainers', 'pod updates may not add or remove containers'))
    return out
  }
  if (!deepEqual(munged(pod.spec, old.spec), old.spec)) out.push(forbiddenField('spec', `pod updates may not change fields other than ${UPDATABLE}`))
  return out
}
