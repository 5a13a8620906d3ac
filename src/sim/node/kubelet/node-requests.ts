import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds } from '../../engine/time.ts'
import { DAEMONS } from './host-view.ts'
import type { Asked } from '../linux/machine.ts'
import { actorOf } from './world.ts'

/** What a process that sees the node asks of it: a signal for a process of another pod, a unit of systemd to be stopped or started. */
export type NodeRequest =
  | { readonly do: 'signal'; readonly pid: number; readonly signal: string }
  | { readonly do: 'unit'; readonly unit: 'kubelet' | 'containerd'; readonly action: 'start' | 'stop' | 'restart' }

/** systemd starts the kubelet again after this time (RestartSec of kubeadm's unit), containerd after five seconds. */
const RESTARTS = { kubelet: seconds(10), containerd: seconds(5) } as const

/** Carries a request out as events of the node's kubelet, so that each is a step of its own. */
export function nodeRequest(ctx: EventContext, question: Asked): void {
  const request = JSON.parse(question.path) as NodeRequest
  const actor = actorOf(ctx.instance)
  if (request.do === 'unit') {
    if (request.action !== 'start') ctx.schedule(ms(20), actor, `stop-${request.unit}`)
    if (request.action !== 'stop') ctx.schedule(request.action === 'start' ? ms(20) : ms(300), actor, `start-${request.unit}`)
    return
  }
  const daemon = Object.entries(DAEMONS).find(([, pid]) => pid === request.pid)?.[0] as keyof typeof RESTARTS | undefined
  if (daemon === undefined) ctx.schedule(0, actor, 'kill', { pid: request.pid, signal: request.signal })
  else if (['KILL', 'TERM', 'INT', 'QUIT', 'ABRT', 'SEGV'].includes(request.signal)) {
    ctx.schedule(ms(1), actor, `stop-${daemon}`)
    ctx.schedule(RESTARTS[daemon], actor, `start-${daemon}`)
  }
}
