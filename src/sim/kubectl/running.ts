import type { Pod } from '../api/pod.ts'
import { isStatus } from '../api/status.ts'
import type { Followed } from '../client/resumable.ts'
import type { Request } from '../client/request.ts'
import type { WatchDelivery } from '../client/transport.ts'
import type { Micros } from '../engine/time.ts'
import type { KubectlContext } from './context.ts'
import { fail, Failure, statusText } from './failure.ts'

/** Watches one pod until it is as wanted; undefined when the time is over (kubectl: run.go, waitForPod). */
export function podWhen(ctx: KubectlContext, namespace: string | undefined, name: string, isSo: (pod: Pod) => boolean, timeout?: Micros): Pod | undefined {
  const look = (_state: null, event: WatchDelivery): Followed<null, Pod | 'deleted'> => {
    if (event.type === 'DELETED') return { done: 'deleted' }
    const pod = (event.items ?? (event.object ? [event.object] : [])).find((p) => isSo(p as Pod))
    return pod ? { done: pod as Pod } : { state: null }
  }
  const found = ctx.follow<null, Pod | 'deleted'>({ group: '', version: 'v1', resource: 'pods', namespace, fieldSelector: `metadata.name=${name}` }, null, look, timeout)
  return found === 'deleted' ? fail(`pods "${name}" not found`) : found
}

export const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** All that a container has written so far. */
export function logOf(ctx: KubectlContext, pod: Pod, container: string): string {
  const request: Request = { verb: 'get', group: '', version: 'v1', resource: 'pods', namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'log', options: { container } as Request['options'] }
  const answer = ctx.call(request) as unknown
  if (isStatus(answer)) throw new Failure(statusText(answer))
  return String(answer)
}
