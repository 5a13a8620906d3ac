import { deepEqual } from '../../api/deep.ts'
import { forbiddenField, goQuote, type FieldError } from '../../api/field.ts'
import { goDiff } from '../../api/go-diff.ts'
import type { Pod } from '../../api/pod.ts'
import { assignSame } from '../../api/share.ts'
import type { SubresourceRules } from '../definition.ts'
import { withMetadataOf, withPodGeneration } from './generation.ts'
import { annotationUpdates } from './validate-update.ts'
import { checkPodAnnotations, checkPodSpec } from './validate-spec.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const PATH = 'spec.ephemeralContainers'

/** pods/ephemeralcontainers: containers may only be added (registry/core/pod: podEphemeralContainersStrategy). */
export const ephemeralContainersRules: SubresourceRules<Pod> = {
  prepareUpdate(pod, old) {
    const spec = assignSame(old.spec, { ephemeralContainers: pod.spec.ephemeralContainers })
    return withPodGeneration({ ...old, metadata: withMetadataOf(pod, old), spec }, old)
  },
  /** core/validation: ValidatePodEphemeralContainersUpdate. */
  validateUpdate(pod, old) {
    if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods do not support ephemeral containers')]
    const out: FieldError[] = []
    checkPodAnnotations(pod, out)
    checkPodSpec(pod, out)
    annotationUpdates(pod, old, out)
    for (const was of old.spec.ephemeralContainers ?? []) {
      const now = pod.spec.ephemeralContainers?.filter((c) => c.name === was.name).at(-1)
      if (!now) out.push(forbiddenField(PATH, `existing ephemeral containers ${goQuote(was.name ?? '')} may not be removed\n`))
      else if (!deepEqual(now, was)) out.push(forbiddenField(PATH, `existing ephemeral containers ${goQuote(was.name ?? '')} may not be changed\n${goDiff('core.EphemeralContainer', was, now)}`))
    }
    return out
  },
}
