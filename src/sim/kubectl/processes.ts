import { Jobs, type Followed, type JobContext, type Place } from '../client/resumable.ts'
import { Client, type Answered, type WatchDelivery, type WatchSpec } from '../client/transport.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import type { JsonValue, KubeObject } from '../api/meta.ts'
import type { StreamNews } from '../api/pod-streams.ts'
import type { Lister } from '../client/lister.ts'
import type { Request } from '../client/request.ts'
import type { Answer } from '../client/reconcile-context.ts'
import type { Connection } from './connection.ts'
import type { KubectlContext } from './context.ts'
import { discovery } from './discovery.ts'
import { withDescriptions } from './explain/descriptions.ts'
import { fail } from './failure.ts'
import { ADMIN_CONFIG, contextNamed, type KubeConfig } from './kubeconfig.ts'
import { KubectlListeners, type Listening, type LocalRequest } from './listening.ts'
import { runKubectl } from './run.ts'
import { KubectlStreams, type Typed } from './streams.ts'

/** Payload of `kubectl/<pid>` `run`: what a shell hands over. `argv` without the word kubectl. */
export interface KubectlCommand {
  readonly argv: readonly string[]
  readonly stdin?: string
  /** The working directory: relative path → text. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Its input is somebody's terminal: what is typed comes as commands `input`. */
  readonly interactive?: boolean
}

/** A row of table `kubectl/processes`, by pid. `exit` is there when it has ended; `chunks` counts its output. */
export interface KubectlProcess {
  readonly command: KubectlCommand
  readonly startedAt: Micros
  readonly chunks: number
  readonly warnings: number
  /** The CustomResourceDefinitions that discovery told of when it began. */
  readonly definitions?: readonly KubeObject[]
  readonly exit?: number
}

/** A row of table `kubectl/output`, by "pid/number" (number padded to six digits, so that keys sort). */
export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** A row of table `kubectl/edits`, by pid: the process waits for the user's editor. Answer with `edited`. */
export interface PendingEdit {
  readonly name: string
  readonly text: string
  readonly place: Place
}

export const INTERRUPTED = 130

/**
 * The actor family `kubectl/<pid>`. Commands: `run` (KubectlCommand), `edited` (text or null), `input` (Typed), `interrupt`. Everything that
 * a process is lies in tables, so that it is stepped back like anything else.
 */
export class KubectlProcesses {
  readonly processes: Table<KubectlProcess>
  readonly output: Table<OutputChunk>
  readonly edits: Table<PendingEdit>
  /** Files that processes have written, by "pid/path"; the shell lays them into its file system. */
  readonly saved: Table<string>
  readonly streams: KubectlStreams
  readonly listeners: KubectlListeners
  readonly #config: Table<KubeConfig>
  readonly #jobs: Jobs<number>

  readonly #definitions: () => readonly KubeObject[]

  constructor(engine: Engine, definitions: () => readonly KubeObject[] = () => []) {
    this.#definitions = definitions
    this.processes = engine.table('kubectl/processes')
    this.output = engine.table('kubectl/output')
    this.edits = engine.table('kubectl/edits')
    this.saved = engine.table('kubectl/saved')
    this.streams = new KubectlStreams(engine)
    this.#config = engine.table('kubectl/config')
    const client = new Client(engine, 'kubectl', { user: 'kubernetes-admin', qps: 50, burst: 300 })
    this.listeners = new KubectlListeners(engine, client)
    this.#jobs = new Jobs<number>(engine, 'kubectl', client, (job, pid) => this.#run(job, pid), {
      lister: <T extends KubeObject>(): Lister<T> => NO_CACHE,
      emit: () => undefined,
      finished: (ctx, pid, code) => this.#exit(ctx, pid, code),
      warned: (_ctx, pid, warnings) => this.#warn(pid, warnings),
    })
    engine.actor('kubectl', {
      run: (ctx, command: KubectlCommand) => this.#start(ctx, command),
      answer: (ctx, answered: Answered) => this.#jobs.answer(ctx, answered),
      wake: (ctx, place: Place) => this.#jobs.wake(ctx, place),
      delivery: (ctx, delivery: WatchDelivery) => this.#jobs.deliver(ctx, delivery),
      stream: (ctx, news: StreamNews) => this.#stream(ctx, news),
      connect: (ctx, request: LocalRequest) => this.#connect(ctx, request),
      connected: (ctx, answered: Answered<JsonValue>) => this.#connected(ctx, answered),
      input: (ctx, typed: Typed) => this.#input(ctx, typed),
      edited: (ctx, text: string | null) => this.#edited(ctx, text),
      interrupt: (ctx) => this.#interrupt(ctx),
    })
  }

  /** A pid that no process has had. */
  nextPid(): string {
    return `${this.processes.size + 1}`
  }

  /** The namespace of the current context. */
  get namespace(): string {
    const config = this.#config.get('config') ?? ADMIN_CONFIG
    return contextNamed(config, config.currentContext)?.namespace ?? 'default'
  }

  /** The contexts, clusters and users of the kubeconfig, by name. */
  get configNames(): { readonly contexts: readonly string[]; readonly clusters: readonly string[]; readonly users: readonly string[] } {
    const { contexts, clusters, users } = this.#config.get('config') ?? ADMIN_CONFIG
    return { contexts: contexts.map((c) => c.name), clusters: clusters.map((c) => c.name), users: users.map((u) => u.name) }
  }

  /** All that a process has written to a stream so far; both streams as they came when none is named. */
  textOf(pid: string, stream?: OutputChunk['stream']): string {
    const chunks = this.processes.get(pid)?.chunks ?? 0
    let text = ''
    for (let i = 0; i < chunks; i++) {
      const chunk = this.output.get(chunkKey(pid, i))!
      if (!stream || chunk.stream === stream) text += chunk.text
    }
    return withDescriptions(text)
  }

  /** What a process wrote at its n-th write; undefined where it has not. */
  chunkOf(pid: string, n: number): OutputChunk | undefined {
    const chunk = this.output.get(chunkKey(pid, n))
    return chunk && { stream: chunk.stream, text: withDescriptions(chunk.text) }
  }

  /** The files that a process has written, by path. */
  savedBy(pid: string): Readonly<Record<string, string>> {
    const files: Record<string, string> = {}
    for (const key of this.saved.keys()) if (key.startsWith(`${pid}/`)) files[key.slice(pid.length + 1)] = this.saved.get(key)!
    return files
  }

  write(pid: string, stream: OutputChunk['stream'], text: string): void {
    if (text === '') return
    const process = this.processes.get(pid)!
    this.output.set(chunkKey(pid, process.chunks), { stream, text })
    this.processes.set(pid, { ...process, chunks: process.chunks + 1 })
  }

  #start(ctx: EventContext, command: KubectlCommand): void {
    const pid = ctx.instance
    const definitions = this.#definitions()
    this.processes.set(pid, { command, startedAt: ctx.now, chunks: 0, warnings: 0, ...(definitions.length > 0 ? { definitions } : {}) })
    ctx.note('kubectl.run', { line: ['kubectl', ...command.argv].join(' ') })
    this.#jobs.start(ctx, pid)
  }

  #run(job: JobContext, pid: string): number {
    const { command, definitions = NO_DEFINITIONS } = this.processes.get(pid)!
    const process = new Process(this, job, pid, this.#config)
    return discovery.during(definitions, (text) => process.err(text), () => runKubectl(process, command.argv))
  }

  #exit(ctx: EventContext, pid: string, code: number): void {
    const process = this.processes.get(pid)!
    this.streams.close(ctx, pid, code === INTERRUPTED)
    this.listeners.close(pid)
    this.processes.set(pid, { ...process, exit: code })
    const line = ['kubectl', ...process.command.argv].join(' ')
    ctx.note(code === 0 ? 'kubectl.done' : 'kubectl.failed', { line, code })
  }

  #warn(pid: string, warnings: readonly string[]): void {
    for (const text of warnings) this.write(pid, 'stderr', `Warning: ${text}\n`)
    const process = this.processes.get(pid)!
    this.processes.set(pid, { ...process, warnings: process.warnings + warnings.length })
  }

  /** What a process in a container has written reaches who asked for it. */
  #stream(ctx: EventContext, news: StreamNews): void {
    const pid = ctx.instance
    if (this.processes.get(pid)?.exit !== undefined || !this.processes.has(pid)) return
    ctx.note('stream.news', { line: ['kubectl', ...this.processes.get(pid)!.command.argv].join(' ') })
    this.write(pid, 'stdout', news.stdout)
    this.write(pid, 'stderr', news.stderr)
    this.streams.news(ctx, pid, news)
  }

  /** A program at the terminal connects to a port of this process. */
  #connect(ctx: EventContext, request: LocalRequest): void {
    const pid = ctx.instance
    ctx.note('stream.connect', { url: `http://${request.host}:${request.port}${request.path}` })
    this.listeners.connect(ctx, pid, request, (text) => this.write(pid, 'stdout', text))
  }

  #connected(ctx: EventContext, answered: Answered<JsonValue>): void {
    const pid = ctx.instance
    const lost = this.listeners.connected(ctx, answered)
    if (lost === undefined || !this.processes.has(pid) || this.processes.get(pid)!.exit !== undefined) return
    this.write(pid, 'stderr', lost)
    this.#jobs.cancel(pid, ctx)
    this.#exit(ctx, pid, 1)
  }

  #input(ctx: EventContext, typed: Typed): void {
    const process = this.processes.get(ctx.instance)
    if (!process || process.exit !== undefined) return
    const line = ['kubectl', ...process.command.argv].join(' ')
    if (typed.text) ctx.note('stream.typed', { line, text: shownKeys(typed.text) })
    else ctx.note('stream.closed', { line })
    this.streams.type(ctx, ctx.instance, typed)
  }

  #edited(ctx: EventContext, text: string | null): void {
    const edit = this.edits.get(ctx.instance)
    if (!edit) return
    this.edits.delete(ctx.instance)
    this.#jobs.answer(ctx, { answer: { text } as never, data: edit.place, sentAt: ctx.now })
  }

  #interrupt(ctx: EventContext): void {
    const pid = ctx.instance
    const process = this.processes.get(pid)
    if (!process || process.exit !== undefined) return
    this.#jobs.cancel(pid, ctx)
    this.edits.delete(pid)
    this.#exit(ctx, pid, INTERRUPTED)
  }
}

/** Keys as a person names them. */
export const shownKeys = (text: string): string => [...text.replace(/\n$/, '')].map((c) => (c < ' ' ? `^${String.fromCharCode(c.charCodeAt(0) + 64)}` : c)).join('')

const chunkKey = (pid: string, number: number): string => `${pid}/${`${number}`.padStart(6, '0')}`
const USER_AGENT = 'kubectl/v1.36.2 (linux/amd64) kubernetes'
const NO_DEFINITIONS: readonly KubeObject[] = []
const NO_CACHE: Lister<never> = { get: () => undefined, list: () => [], by: () => [] }

/** One run of a process's verb: the replay of its log, and its way to the tables. */
class Process implements KubectlContext {
  readonly stdin: string | undefined
  readonly interactive: boolean
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly #host: KubectlProcesses
  readonly #job: JobContext
  readonly #pid: string
  readonly #config: Table<KubeConfig>
  #how: () => Connection = () => fail('no connection')
  #connection: Connection | undefined

  constructor(host: KubectlProcesses, job: JobContext, pid: string, config: Table<KubeConfig>) {
    const { command } = host.processes.get(pid)!
    this.stdin = command.stdin
    this.interactive = command.interactive ?? false
    this.files = command.files ?? {}
    this.env = command.env ?? {}
    this.#host = host
    this.#job = job
    this.#pid = pid
    this.#config = config
  }

  get now(): Micros {
    return this.#job.now
  }

  get warnings(): number {
    return this.#job.once(() => this.#host.processes.get(this.#pid)!.warnings)
  }

  get config(): KubeConfig {
    return this.#job.once(() => this.#config.get('config') ?? ADMIN_CONFIG)
  }

  saveConfig(config: KubeConfig): void {
    this.#job.once(() => (this.#config.set('config', config), null))
  }

  connect(how: () => Connection): void {
    this.#how = how
    this.#connection = undefined
  }

  call<T = KubeObject>(request: Request): Answer<T> {
    return this.all<T>([request])[0]!
  }

  all<T = KubeObject>(requests: readonly Request[]): readonly Answer<T>[] {
    const { user, token, impersonate } = (this.#connection ??= this.#how())
    const who = { user, ...(token === undefined ? {} : { token }), ...(impersonate ? { impersonate } : {}), userAgent: USER_AGENT }
    return this.#job.all<T>(requests.map((request) => ({ ...request, ...who })))
  }

  sleep(delay: Micros): void {
    this.#job.sleep(delay)
  }

  once<T>(effect: () => T): T {
    return this.#job.once(effect)
  }

  random(bound: number): number {
    return this.#job.random(bound)
  }

  follow<S, R>(spec: WatchSpec, initial: S, step: (state: S, event: WatchDelivery) => Followed<S, R>, timeout?: Micros): R | undefined {
    return this.#job.follow(spec, initial, step, timeout)
  }

  each<T>(count: number, body: (index: number, before: T | undefined) => T): readonly T[] {
    return this.#job.each(count, body)
  }

  loop<S, R>(initial: S, body: (state: S) => Followed<S, R>): R {
    return this.#job.loop(initial, body)
  }

  out(text: string): void {
    this.#write('stdout', text)
  }

  err(text: string): void {
    this.#write('stderr', text)
  }

  expectInput(tty: boolean): void {
    if (this.interactive) this.#job.once(() => (this.#host.streams.expect(this.#pid, tty), null))
  }

  saveFile(path: string, text: string): void {
    this.#job.once(() => (this.#host.saved.set(`${this.#pid}/${path}`, text), null))
  }

  listen(port: number, address: string, leads: Listening): boolean {
    const who = (this.#connection ??= this.#how())
    return this.#job.once(() => this.#host.listeners.listen({ pid: this.#pid, port, address, leads, who }))
  }

  edit(name: string, text: string): string | null {
    const answer = this.#job.external<{ text: string | null }>((place) => this.#host.edits.set(this.#pid, { name, text, place }))
    return answer.text
  }

  #write(stream: OutputChunk['stream'], text: string): void {
    if (text !== '') this.#job.once(() => (this.#host.write(this.#pid, stream, text), null))
  }
}
