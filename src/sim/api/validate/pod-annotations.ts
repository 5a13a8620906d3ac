import { at, invalidValue, type Path } from '../field.ts'
import type { StringMap } from '../meta.ts'
import type { PodSpec } from '../pod-spec.ts'
import { profileAnnotations } from './profile-annotations.ts'
import type { Errors } from './simple.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const COST = 'controller.kubernetes.io/pod-deletion-cost'

/** A deletion cost is a canonical 32-bit integer (helper: GetDeletionCostFromPodAnnotations). */
const isCost = (text: string): boolean => /^(0|-?[1-9]\d*)$/.test(text) && Number(text) >= -2_147_483_648 && Number(text) <= 2_147_483_647

/** core/validation: ValidatePodSpecificAnnotations. */
export function podAnnotations(annotations: StringMap | undefined, spec: PodSpec, path: Path, out: Errors): void {
  if (!annotations) return
  const mirror = annotations[MIRROR]
  if (mirror !== undefined && !spec.nodeName) out.push(invalidValue(at(path, MIRROR), mirror, 'must set spec.nodeName if mirror pod annotation is set'))
  const cost = annotations[COST]
  if (cost !== undefined && !isCost(cost)) out.push(invalidValue(at(path, COST), cost, 'must be a 32bit integer'))
  profileAnnotations(annotations, spec, path, out)
}
