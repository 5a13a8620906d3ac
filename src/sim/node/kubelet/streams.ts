import { keyOf } from '../../api/meta.ts'
import type { ExecResult, StreamEnd, StreamNews } from '../../api/pod-streams.ts'
import { badRequest, type Status } from '../../api/status.ts'
import type { ReplyTo } from '../../client/transport.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { Kernel } from '../linux/kernel.ts'
import type { LogChunk } from '../linux/machine.ts'
import { ownSession } from '../linux/pod-machine.ts'
import { serve } from '../linux/tools/net-tools.ts'
import { typeInto, waitsForKeys } from '../linux/tty.ts'
import { advanced, lookAhead, settingOf } from './linux.ts'
import type { PodRow, StreamRow } from './state.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** What POST pods/attach carries. */
export interface AttachRequest {
  readonly container: string
  readonly stdin?: boolean
  /** All of the input, where it is known at once; it ends with it. */
  readonly text?: string
}

/** A connection through POST pods/portforward: one request to a port of the pod. */
export interface ForwardRequest {
  readonly port: number
  readonly path: string
  /** Only: does somebody listen? */
  readonly probe?: boolean
}

/** The answer to a ForwardRequest. `error`: nobody listens, or nothing comes back. */
export interface ForwardResult {
  readonly kind: 'ForwardResult'
  readonly status: number
  readonly body: string
  readonly error?: string
}

const BACK: Micros = ms(2)
const internal = (message: string): Status => ({ ...badRequest(message), reason: 'InternalError', code: 500, message })

/** Joins the first process of a container (kubelet: AttachContainer): its output from now on, and its input where it has one. */
export function beginAttach(world: KubeletWorld, ctx: EventContext, given: PodRow, request: AttachRequest, then: ReplyTo): void {
  const { container: name } = request
  const answer = (value: Status): void => void ctx.schedule(BACK, then.actor, then.what, { answer: value, data: then.data, sentAt: ctx.now })
  const container = containerNamed(given.pod, name)
  if (!container || given.containers[name]?.run?.state !== 'running' || given.machine?.containers[name]?.ended) return answer(internal(`unable to upgrade connection: container ${name} not found in pod ${given.pod.metadata.name}_${given.pod.metadata.namespace}`))
  const row = advanced(world, ctx, given)
  ctx.note('stream.attach', { pod: row.pod.metadata.name, container: name })
  const state = row.machine!.containers[name]!
  const stream: StreamRow = { then, container: name, id: state.id, session: ownSession(name), input: request.stdin ?? false, own: true, tty: container.tty ?? false, sent: state.log?.count ?? 0, told: false, once: container.stdinOnce ?? false }
  const key = `attach ${ctx.event.seq}`
  const streams = { ...row.streams, [key]: stream }
  // A shell draws its line anew when the size of its terminal becomes known.
  opened(ctx, row, key, then, stream.tty ? lastLine(state.log) : '')
  if (!stream.input || request.text === undefined) lookAhead(world, ctx, { ...row, streams })
  else feedStream(world, ctx, { ...row, streams }, { key, text: request.text, close: true })
}

function lastLine(log: LogChunk | null): string {
  let text = ''
  for (let c = log; c && !text.includes('\n'); c = c.before) text = c.text + text
  return text.slice(text.lastIndexOf('\n') + 1)
}

/** Tells who asked where its input goes. */
export function opened(ctx: EventContext, row: PodRow, key: string, then: ReplyTo, stdout = ''): void {
  const news: StreamNews = { data: then.data, end: { node: row.node, pod: keyOf(row.pod), uid: row.uid, key }, stdout, stderr: '', waits: false, sentAt: ctx.now }
  ctx.schedule(BACK, then.actor, 'stream', news)
}

/** Keys or bytes for a stream; `close`: no more will come. */
export function feedStream(world: KubeletWorld, ctx: EventContext, given: PodRow, { key, text, close }: { readonly key: string; readonly text: string; readonly close: boolean }): void {
  const stream = given.streams?.[key]
  if (!stream?.input) return
  const row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  const session = kernel.sessions[stream.session]
  if (!session) return
  kernel.now = Math.max(kernel.now, ctx.now)
  typeInto(kernel, stream.session, text)
  if (close) kernel.sessions[stream.session] = { ...kernel.sessions[stream.session]!, closed: !stream.own || stream.once }
  for (const task of kernel.tasks.values()) if (task.wait?.for === 'input') task.clock = Math.max(task.clock, ctx.now)
  ctx.note('stream.input', { pod: row.pod.metadata.name, container: stream.container })
  lookAhead(world, ctx, { ...row, machine: kernel.freeze(), streams: { ...row.streams, [key]: { ...stream, told: false } } })
}

/** The other side has gone. What an exec has started goes on without it; only an input that is no terminal ends. */
export function closeStream(world: KubeletWorld, ctx: EventContext, given: PodRow, key: string): void {
  const stream = given.streams?.[key]
  if (!stream) return
  if (stream.input && (stream.own ? stream.once : !stream.tty)) feedStream(world, ctx, given, { key, text: '', close: true })
  const row = world.fresh(given)
  const { [key]: _gone, ...streams } = row.streams!
  const { [key]: _then, ...execs } = row.execs ?? {}
  lookAhead(world, ctx, { ...row, streams, execs })
}

/** Sends what the processes have written to those who follow, and tells them of ends. */
export function sendNews(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  let row = given
  for (const key of Object.keys(row.streams ?? {})) row = row.streams![key]!.own ? attachNews(world, ctx, row, key) : execNews(world, ctx, row, key)
  return row === given ? row : world.put(row)
}

function execNews(world: KubeletWorld, ctx: EventContext, row: PodRow, key: string): PodRow {
  const session = row.machine?.sessions[key]
  if (!session) return without(row, key)
  const emptied = { ...row, machine: { ...row.machine!, sessions: { ...row.machine!.sessions, [key]: { ...session, stdout: '', stderr: '' } } } }
  const next = tell(world, ctx, emptied, key, session.stdout, session.stderr)
  return session.code === undefined ? next : without(next, key)
}

function attachNews(world: KubeletWorld, ctx: EventContext, row: PodRow, key: string): PodRow {
  const stream = row.streams![key]!
  const state = row.machine?.containers[stream.container]
  const isSame = state?.id === stream.id
  const chunks = isSame ? newer(state.log, stream.sent) : []
  const text = (wanted: 'stdout' | 'stderr'): string => chunks.filter((c) => c.stream === wanted || stream.tty).map((c) => c.text).join('')
  const next = tell(world, ctx, { ...row, streams: { ...row.streams, [key]: { ...stream, sent: state?.log?.count ?? 0 } } }, key, text('stdout'), stream.tty ? '' : text('stderr'))
  if (isSame && !state.ended) return next
  const result: ExecResult = { kind: 'ExecResult', stdout: '', stderr: '', code: 0 }
  ctx.schedule(BACK, stream.then.actor, stream.then.what, { answer: result, data: stream.then.data, sentAt: ctx.now })
  return without(next, key)
}

function newer(log: LogChunk | null, sent: number): readonly LogChunk[] {
  const chunks: LogChunk[] = []
  for (let c = log; c && c.count > sent; c = c.before) chunks.push(c)
  return chunks.reverse()
}

/** A terminal begins each line at the left edge by itself (termios: ONLCR). */
const shown = (text: string, tty: boolean): string => (tty ? text.replaceAll('\n', '\r\n') : text)

function tell(world: KubeletWorld, ctx: EventContext, row: PodRow, key: string, stdout: string, stderr: string): PodRow {
  const stream = row.streams![key]!
  const waits = stream.input && waitsForKeys(new Kernel(row.machine!, settingOf(world, row)), stream.session)
  if (stdout === '' && stderr === '' && (stream.told || !waits)) return stream.told ? row : { ...row, streams: { ...row.streams, [key]: { ...stream, told: true } } }
  const both = stream.tty ? { stdout: shown(stdout + stderr, true), stderr: '' } : { stdout, stderr }
  const end: StreamEnd = { node: row.node, pod: keyOf(row.pod), uid: row.uid, key }
  const news: StreamNews = { data: stream.then.data, end, ...both, waits, sentAt: ctx.now }
  ctx.schedule(BACK, stream.then.actor, 'stream', news)
  return { ...row, streams: { ...row.streams, [key]: { ...stream, told: waits } } }
}

function without(row: PodRow, key: string): PodRow {
  const { [key]: _gone, ...streams } = row.streams!
  return { ...row, streams }
}

/** One connection to a port of the pod, from its own network namespace (containerd: portforward). */
export function forward(world: KubeletWorld, ctx: EventContext, given: PodRow, request: ForwardRequest, then: ReplyTo): void {
  const row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  const listens = [...kernel.tasks.values()].some((task) => task.exit === undefined && task.listens.includes(request.port))
  const served = request.probe || !listens ? undefined : serve(kernel, request.port, request.path)
  const error = !listens ? 'connection refused' : served === 'hang' ? 'timed out' : undefined
  const answer: ForwardResult = { kind: 'ForwardResult', status: served && served !== 'hang' ? served.status : 0, body: served && served !== 'hang' ? served.body : '', ...(error ? { error } : {}) }
  ctx.note('stream.forward', { pod: row.pod.metadata.name, port: request.port })
  ctx.schedule(BACK, then.actor, then.what, { answer, data: then.data, sentAt: ctx.now })
  lookAhead(world, ctx, { ...row, machine: kernel.freeze() })
}

