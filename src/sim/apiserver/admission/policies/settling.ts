import { semanticEqual } from '../../../api/deep.ts'
import type { KubeObject } from '../../../api/meta.ts'
import type { Execution } from '../../execution.ts'

export const ELSEWHERE = 'the namespace of the provided object does not match the namespace sent on the request'

/** What a policy or a webhook made of an object, with defaults of the kind and what the server itself writes; the same reference when nothing has changed. */
export function settled({ kind }: Execution, before: KubeObject, after: KubeObject): KubeObject {
  const { apiVersion, kind: kindName, metadata } = before
  const { name = '', namespace = metadata.namespace } = after.metadata ?? {}
  const own = { name, uid: metadata.uid, creationTimestamp: metadata.creationTimestamp, ...(namespace ? { namespace } : {}) }
  const complete = kind.defaults({ ...after, apiVersion, kind: kindName, metadata: { ...after.metadata, ...own } })
  return semanticEqual(before, complete) ? before : complete
}
