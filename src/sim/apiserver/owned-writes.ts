import type { KubeObject, ManagedFieldsEntry } from '../api/meta.ts'
import type { Applied } from './apply/applying.ts'
import { commit } from './committing.ts'
import type { Execution } from './execution.ts'

/** What an update knows of itself besides its result. */
export interface Writing {
  /** What was written before admission had its say. */
  readonly defaulted: KubeObject
  /** The `managedFields` of the body. */
  readonly sent: readonly ManagedFieldsEntry[] | undefined
  /** Where the update is a server-side apply. */
  readonly applied: Applied | undefined
}

/** Stores an update and keeps account of who owns what; a mere change of owners is a new version too. */
export function commitOwned(exec: Execution, key: string, next: KubeObject, old: KubeObject, { defaulted, sent, applied }: Writing): KubeObject {
  const { ownership } = exec.means
  const known = ownership.table.get(key)
  if (!known && !applied && !sent?.length) return commit(exec, key, next, old)
  const managers = applied ? applied.managers : ownership.updated(exec, key, old, defaulted, sent)
  const changesHands = applied?.handedOver === true || (known !== undefined && managers === undefined)
  if (changesHands && exec.options.dryRun) {
    exec.trail.managers = managers
    return { ...next, metadata: { ...next.metadata, resourceVersion: old.metadata.resourceVersion } }
  }
  const stored = commit(exec, key, next, changesHands ? undefined : old)
  exec.trail.managers = known
  if (stored !== old) ownership.keep(exec, key, managers)
  return stored
}
