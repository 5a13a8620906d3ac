import type { ApiObject } from '../../../workers/protocol.ts'
import { controllerOf } from '../../kinds/access.ts'

/** The cluster's own pods, one line each: static ones and those of DaemonSets in kube-system. */
export function isSystemPod(pod: ApiObject | undefined): boolean {
  if (pod?.metadata.namespace !== 'kube-system') return false
  const owner = controllerOf(pod)?.kind
  return owner === undefined || owner === 'Node' || owner === 'DaemonSet'
}
