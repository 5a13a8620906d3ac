import { fnv1a32, fnv1a32Bytes } from './fnv.ts'
import { dumpPodTemplate } from './go-dump.ts'
import type { PodTemplateSpec } from './pod-spec.ts'
import { safeEncode } from './safe-encode.ts'

const sums = new WeakMap<PodTemplateSpec, number>()

/**
 * The `pod-template-hash` of a Deployment's template, and the `controller-revision-hash` of a DaemonSet's: FNV-1a of
 * Go's dump, after a collision with the collision count as eight little-endian bytes (pkg/controller: ComputeHash).
 * The template must be as it is stored, defaulted. Remembered by the template's identity.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  let sum = sums.get(template)
  if (sum === undefined) {
    sum = fnv1a32(dumpPodTemplate(template))
    sums.set(template, sum)
  }
  if (collisionCount !== undefined) {
    const c = collisionCount >>> 0
    sum = fnv1a32Bytes(sum, [c & 255, (c >>> 8) & 255, (c >>> 16) & 255, c >>> 24, 0, 0, 0, 0])
  }
  return safeEncode(String(sum))
}
