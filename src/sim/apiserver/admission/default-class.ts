import type { KubeObject } from '../../api/meta.ts'
import type { Execution } from '../execution.ts'

/** The newest object of a resource that one of the annotations calls the default; of those made in one second the first by name. */
export function defaultClass({ store }: Execution, resource: string, annotations: readonly string[]): KubeObject | undefined {
  let best: KubeObject | undefined
  for (const key of store.keys(resource)) {
    const candidate = store.get(key)!
    const isDefault = annotations.some((name) => candidate.metadata.annotations?.[name] === 'true')
    // Keys are in the order of names.
    if (isDefault && (!best || (candidate.metadata.creationTimestamp ?? '') > (best.metadata.creationTimestamp ?? ''))) best = candidate
  }
  return best
}
