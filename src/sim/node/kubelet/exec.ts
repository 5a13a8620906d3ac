import type { ExecRequest, ExecResult } from '../../api/pod-streams.ts'
import { badRequest, type Status } from '../../api/status.ts'
import type { ReplyTo } from '../../client/transport.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { Kernel } from '../linux/kernel.ts'
import { execIn } from '../linux/pod-machine.ts'
import { advanced, lookAhead, machineNow, settingOf } from './linux.ts'
import type { PodRow, StreamRow } from './state.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** Subresources of a pod that its kubelet answers with a stream. */
export type StreamKind = 'exec' | 'attach' | 'portforward'

/** Payload of the kubelet's event `exec`. */
export interface ExecArrived {
  readonly pod: string
  readonly uid: string
  readonly request: ExecRequest
  readonly then: ReplyTo
  readonly what?: StreamKind
}

const internal = (message: string): Status => ({ ...badRequest(message), reason: 'InternalError', code: 500, message })
const BACK: Micros = ms(2)

/** Runs a command in a container as a process of the pod's machine; its end is answered to `then`. */
export function beginExec(world: KubeletWorld, ctx: EventContext, given: PodRow, { request, then }: Pick<ExecArrived, 'request' | 'then'>, opened?: (ctx: EventContext, row: PodRow, key: string, then: ReplyTo) => void): void {
  const answer = (value: Status): void => void ctx.schedule(BACK, then.actor, then.what, { answer: value, data: then.data, sentAt: ctx.now })
  const { container: name, command } = request
  if (!containerNamed(given.pod, name) || given.containers[name]?.run?.state !== 'running' || given.machine?.containers[name]?.ended) return answer(internal(`unable to upgrade connection: container not found ("${name}")`))
  const row = advanced(world, ctx, given)
  const key = `exec ${ctx.event.seq}`
  const id = row.machine!.containers[name]!.id
  const result = execIn(row.machine!, settingOf(world, row), name, key, command, request.stdin ?? '', ctx.now, { open: request.open ?? false, tty: request.tty ?? false })
  if ('code' in result) return answer(internal(`Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: ${result.message}`))
  ctx.note('kubelet.exec', { pod: row.pod.metadata.name, container: name, command: command.join(' ') })
  if (request.stream && request.open) opened?.(ctx, row, key, then)
  const stream: StreamRow = { then, container: name, id, session: key, input: request.open ?? false, own: false, tty: request.tty ?? false, sent: 0, told: false, once: false }
  lookAhead(world, ctx, { ...row, machine: result.machine, execs: { ...row.execs, [key]: then }, ...(request.stream ? { streams: { ...row.streams, [key]: stream } } : {}) })
}

/** Ends a command that somebody does not want any more. */
export function interruptExec(world: KubeletWorld, ctx: EventContext, given: PodRow, key: string): void {
  const row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  for (const task of kernel.tasks.values()) if (task.session === key) kernel.signal(task.id, 'INT')
  lookAhead(world, ctx, { ...row, machine: kernel.freeze() })
}

/** A command has ended: who asked is told. */
export function execEnded(ctx: EventContext, row: PodRow, key: string, session: { readonly stdout: string; readonly stderr: string; readonly code?: number }): PodRow {
  const then = row.execs?.[key]
  if (!then) return row
  const result: ExecResult = { kind: 'ExecResult', stdout: session.stdout, stderr: session.stderr, code: session.code ?? 137 }
  ctx.schedule(BACK, then.actor, then.what, { answer: result, data: then.data, sentAt: ctx.now })
  const { [key]: _done, ...execs } = row.execs!
  return { ...row, execs }
}

/** What a running command has written so far. */
export function execOutput(world: KubeletWorld, row: PodRow, key: string, now: Micros): { readonly stdout: string; readonly stderr: string; readonly code?: number } | undefined {
  return machineNow(world, row, now)?.sessions[key]
}
