import type { ApiObject } from '../../workers/protocol.ts'
import type { Mirror } from '../store/mirror.ts'
import { controllerOf, textAt } from './access.ts'

const REVISION = 'deployment.kubernetes.io/revision'

export const revisionOf = (object: ApiObject | undefined): string => textAt(object, 'metadata', 'annotations', REVISION)

/** Which revision of its Deployment a pod belongs to; null for pods of no Deployment. */
export function podRevision(state: Mirror, pod: ApiObject): 'old' | 'new' | null {
  const set = recordByUid(state, controllerOf(pod)?.uid)
  if (set?.kind !== 'ReplicaSet') return null
  const deployment = recordByUid(state, controllerOf(set)?.uid)
  if (deployment === undefined) return null
  const revision = revisionOf(deployment)
  return revision !== '1' && revision !== '' && revisionOf(set) === revision ? 'new' : 'old'
}

export function keyByUid(state: Mirror, uid: string | undefined): string | undefined {
  return uid === undefined ? undefined : state.indexes.list('uid', uid)[0]
}

export function recordByUid(state: Mirror, uid: string | undefined): ApiObject | undefined {
  const key = keyByUid(state, uid)
  return key === undefined ? undefined : state.records.get(key)
}
