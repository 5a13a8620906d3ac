import { FamiliarSet } from '../../api/familiar.ts'
import { isDns1123Label } from '../../api/names.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { appArmorWarnings } from './app-armor.ts'
import { hasWatchedAnnotation, podSpecWarnings } from '../../api/validate/pod-warnings.ts'

const NONE: readonly string[] = []
/** Specs that there is nothing to say about. */
const quiet = new FamiliarSet()

function specWarnings(spec: PodSpec): readonly string[] {
  if (quiet.has(spec)) return NONE
  const texts = podSpecWarnings(spec, 'spec')
  if (texts.length === 0) quiet.add(spec)
  return texts
}

/** registry/core/pod: WarningsOnCreate. Updates are not warned about. */
export function podWarnings(pod: Pod, old?: Pod, like?: Pod): readonly string[] {
  if (old) return NONE
  const name = isDns1123Label(pod.metadata.name)
  const first = name.length
    ? [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${name.join(' ')}]`]
    : []
  const { annotations } = pod.metadata
  const ofSpec = hasWatchedAnnotation(annotations) ? podSpecWarnings(pod.spec, 'spec', annotations) : specWarnings((like ?? pod).spec)
  const ofAnnotations = appArmorWarnings(pod.spec, annotations)
  return first.length + ofAnnotations.length ? [...ofAnnotations, ...first, ...ofSpec] : ofSpec
}
