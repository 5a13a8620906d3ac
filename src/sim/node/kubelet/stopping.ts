import type { Container } from '../../api/container.ts'
import { keyOf } from '../../api/meta.ts'
import { gracePeriodOf } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, ms, seconds, type Micros } from '../../engine/time.ts'
import { runScript } from '../runtime/shell.ts'
import type { ContainerRow, PodRow } from './state.ts'
import { actorOf, containerNamed, processFor, type KubeletWorld } from './world.ts'

/** Payload of the event in which a container's process ends. */
export interface Exited {
  readonly pod: string
  readonly container: string
  readonly id: string
  readonly code: number
  readonly reason: 'Completed' | 'Error'
}

/** Exit code of a process that was ended by SIGKILL. */
const KILLED = 137

/** Begins to stop the pod: preStop hooks, TERM, and KILL when the grace period is over (kuberuntime: killPod). */
export function beginStop(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const grace = seconds(gracePeriodOf(row.pod))
  ctx.note('kubelet.stops', { pod: row.pod.metadata.name, node: row.node, seconds: gracePeriodOf(row.pod) })
  const containers: Record<string, ContainerRow> = {}
  for (const [name, state] of Object.entries(row.containers)) {
    const container = containerNamed(row.pod, name)
    if (state.state.running && container) {
      world.aboutContainer(ctx, row, container, 'Normal', 'Killing', `Stopping container ${name}`)
      containers[name] = stopContainer(ctx, row, container, state, grace)
    } else containers[name] = ended(state, ctx.now)
  }
  return world.put({ ...row, containers, stopping: { since: ctx.now, killAt: ctx.now + grace } })
}

/** Tells one running container to end within `grace`. */
export function stopContainer(ctx: EventContext, row: PodRow, container: Container, state: ContainerRow, grace: Micros): ContainerRow {
  const hook = preStopTime(container)
  const { onTerm } = processFor(container)
  const inTime = onTerm !== undefined && hook + onTerm.after < grace
  const after = inTime ? hook + onTerm.after : Math.max(grace, ms(10))
  const code = inTime ? onTerm.code : KILLED
  const exit: Exited = { pod: keyOf(row.pod), container: container.name, id: state.id!, code, reason: code === 0 ? 'Completed' : 'Error' }
  ctx.schedule(after + ms(5), actorOf(row.node), 'exited', exit)
  return { ...state, doing: 'stop' }
}

/** How long the preStop hook takes: a sleep is waited for, other commands are quick. */
function preStopTime(container: Container): Micros {
  const hook = container.lifecycle?.preStop
  if (hook?.sleep) return seconds(hook.sleep.seconds)
  const command = hook?.exec?.command
  if (!command) return 0
  const script = /^(\/bin\/)?(sh|bash|ash)$/.test(command[0] ?? '') ? (command.at(-1) ?? '') : command.join(' ')
  return runScript(script).end?.at ?? seconds(3600)
}

/** A container that is not running when its pod is stopped: what ended stays as it is, what never ran counts as lost. */
function ended(state: ContainerRow, now: Micros): ContainerRow {
  if (state.state.terminated) return { ...state, doing: undefined, over: true }
  const terminated = {
    exitCode: KILLED,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: undefined,
    finishedAt: formatTime(now),
  }
  return { ...state, doing: undefined, over: true, state: { terminated } }
}
