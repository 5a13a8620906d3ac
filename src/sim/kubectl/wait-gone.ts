import type { KubeObject } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import { seconds } from '../engine/time.ts'
import type { KubectlContext } from './context.ts'
import { getTarget, type Target } from './resources.ts'

/** kubectl delete waits a week unless told otherwise. */
const WEEK = seconds(7 * 24 * 3600)

/**
 * Waits until an object is gone or another one has its name (kubectl: cmd/wait, IsDeleted). False after `timeout` µs;
 * 0 means a week.
 */
export function waitUntilGone(ctx: KubectlContext, target: Target, uid: string, timeout: number): boolean {
  const now = ctx.call(getTarget(target))
  if (isStatus(now) || (uid !== '' && now.metadata.uid !== uid)) return true
  const gone = ctx.follow<null, boolean>(
    {
      group: target.kind.group, version: target.kind.version, resource: target.kind.plural, namespace: target.kind.namespaced ? target.namespace : undefined,
      fieldSelector: `metadata.name=${target.name}`, resourceVersion: (now as KubeObject).metadata.resourceVersion,
    },
    null,
    (_state, event) => (event.type === 'DELETED' || event.type === 'EXPIRED' ? { done: true } : { state: null }),
    timeout > 0 ? timeout : WEEK,
  )
  return gone ?? false
}
