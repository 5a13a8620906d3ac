import { deepEqual } from '../../api/deep.ts'
import type { Pod } from '../../api/pod.ts'
import { withGeneration } from '../define.ts'

/** registry/core/pod: updatePodGeneration. */
export function withPodGeneration(pod: Pod, old: Pod): Pod {
  const generation = old.metadata.generation ?? 0
  return withGeneration(pod, deepEqual(pod.spec, old.spec) ? generation : generation + 1)
}

/** What subresources keep of the metadata (metav1.ResetObjectMetaForStatus). */
export function withMetadataOf(pod: Pod, old: Pod): Pod['metadata'] {
  const { labels, annotations, finalizers, ownerReferences, deletionTimestamp, generation } = old.metadata
  const out: Record<string, unknown> = { ...pod.metadata, labels, annotations, finalizers, ownerReferences, deletionTimestamp, generation }
  for (const key in out) if (out[key] === undefined) delete out[key]
  return out as unknown as Pod['metadata']
}
