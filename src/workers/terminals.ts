import type { Bash as BashType, CustomCommand } from 'just-bash'
import { provideDescriptions, type Cluster, type Descriptions, type KubectlCommand, type LocalAnswer, type Typed } from '../sim/index.ts'
import type { Answers, ApplyResult, Seat } from './protocol.ts'
import { curl, wget, type HttpResult, type Send } from './terminal-http.ts'
import { inBackground, Jobs, type Job } from './terminal-jobs.ts'
import { configFiles, filesBelow, filesNamedBy, filesOutside, namesConfig, namesFile, writeFiles } from './terminal-files.ts'
import { after, kubectlEnv, newShell, withPast, type ShellState } from './terminal-state.ts'
import { atTerminal, isReading, takesInput } from './terminal-words.ts'

/** What the terminals need of their host. */
export interface TerminalWorld {
  cluster(): Cluster
  playing(): boolean
  output(session: number, stream: 'stdout' | 'stderr', text: string): void
  /** From now on who reads what is typed. */
  seat(session: number, seat: Seat): void
  edit(session: number, edit: number, name: string, text: string): void
  /** Virtual time or history moved. */
  moved(): void
}

interface Waiting {
  readonly pid: string
  readonly session: number
  readonly stream: boolean
  shown: number
  edit: boolean
  seat: Seat
  /** It runs in the background. */
  job: Job | undefined
  /** Who else waits for its end (fg). */
  readonly after: ((exit: number) => void)[]
  readonly done: (result: Result) => void
}

interface Result {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Files that it has written. */
  readonly files?: Readonly<Record<string, string>>
}

/** A shell character means that the line needs a shell. */
const NEEDS_SHELL = /[|><;&$`(){}"'\\*?~#\n]/
const GHOST_LIMIT = 100_000
const REAL_LIMIT = 200_000
const WAIT_GAP = 1_000_000
/** While paused, so long a process that somebody types to may go on before it is left waiting. */
const TYPED_LIMIT = 3_000_000
const HOME = '/home/learner'
const JOB_COMMANDS = new Set(['jobs', 'kill', 'fg'])
const LOST: LocalAnswer = { status: 0, contentType: '', body: '', reset: true }

/** The terminals of the page: a bash (library) whose kubectl is a process of the simulation. */
export class Terminals {
  readonly #world: TerminalWorld
  #waiting: Waiting[] = []
  /** Connections to local ports that wait for their answer. */
  #calls: { readonly id: string; readonly pid: string; readonly done: (answer: LocalAnswer) => void }[] = []
  readonly #jobs = new Jobs()
  #bash: Promise<BashType> | undefined
  #session = 0
  /** The line that runs writes to the terminal and reads from it. */
  #direct = false
  /** Names in the working directory of the shell, as they were after its last line. */
  #files: readonly string[] = []
  readonly #aborts = new Map<number, AbortController>()
  /** What the shell of each terminal remembers. */
  readonly #states = new Map<number, ShellState>()

  constructor(world: TerminalWorld) {
    this.#world = world
  }

  /** Runs a line to its end. Output streams to the page; the promise gives the exit code. */
  async run(session: number, line: string): Promise<Answers['terminal']> {
    this.#session = session
    const behind = inBackground(line)
    if (behind && /^(?:kubectl|k)\s/.test(behind.line) && !NEEDS_SHELL.test(behind.line)) return this.#background(session, behind.line, behind.silent)
    const words = line.trim().split(/\s+/)
    const job = JOB_COMMANDS.has(words[0]!) ? await this.#jobCommand(session, words) : undefined
    if (job) return job
    // Files lie in the shell's file system.
    if ((words[0] === 'kubectl' || words[0] === 'k') && !NEEDS_SHELL.test(line) && !words.some(namesFile) && !words.some(namesConfig) && !words.includes('cp')) {
      const { env } = this.#stateOf(session)
      // Before the shell was used once it has no files.
      const bash = this.#bash && (await this.#bash)
      const files = bash ? await configFiles(words.slice(1), env, (path) => bash.fs.readFile(bash.fs.resolvePath(env['PWD'] ?? HOME, path))) : {}
      const result = await this.#kubectl(session, { argv: words.slice(1), files, env: kubectlEnv(env) }, true, true)
      await this.#save(session, result)
      return { exit: result.exitCode }
    }
    this.#direct = atTerminal(line)
    const bash = await this.#shell()
    const abort = new AbortController()
    this.#aborts.set(session, abort)
    const state = this.#stateOf(session)
    const result = await bash.exec(withPast(state, line), { signal: abort.signal, cwd: state.env['PWD'] ?? HOME, env: state.env, replaceEnv: true })
    this.#aborts.delete(session)
    this.#states.set(session, after(state, line, result.env, result.exitCode))
    const root = `${result.env['PWD'] ?? HOME}/`
    this.#files = bash.fs.getAllPaths().filter((path) => path.startsWith(root)).map((path) => path.slice(root.length)).sort()
    if (result.stdout) this.#world.output(session, 'stdout', result.stdout)
    if (result.stderr) this.#world.output(session, 'stderr', result.stderr)
    return { exit: result.exitCode }
  }

  /** `… &`: the command goes on while the terminal takes other lines; what it writes appears in between. */
  #background(session: number, line: string, silent: boolean): Answers['terminal'] {
    const pid = this.#cluster.kubectl.nextPid()
    const job = this.#jobs.add(session, pid, line)
    this.#world.output(session, 'stderr', `[${job.number}] ${pid}\n`)
    const ended = this.#start(session, { argv: line.split(/\s+/).slice(1), stdin: '', files: {}, env: kubectlEnv(this.#stateOf(session).env) }, !silent, false, job)
    void ended.then(({ exitCode }) => this.#world.output(session, 'stderr', this.#jobs.ended(job, exitCode)))
    return { exit: 0 }
  }

  /** `jobs`, `kill %1`, `fg %1`; undefined where the shell has to do with it. */
  async #jobCommand(session: number, [command, ...words]: readonly string[]): Promise<Answers['terminal'] | undefined> {
    if (command === 'jobs') {
      this.#world.output(session, 'stdout', this.#jobs.list(session))
      return { exit: 0 }
    }
    const word = words.filter((w) => !/^-/.test(w)).at(-1)
    const job = this.#jobs.find(session, word)
    if (!job) {
      this.#world.output(session, 'stderr', `bash: ${command}: ${word ?? 'current'}: no such job\n`)
      return { exit: 1 }
    }
    const waiting = this.#waiting.find((w) => w.pid === job.pid)
    if (command === 'kill') {
      this.#stop(job.pid)
      return { exit: 0 }
    }
    this.#world.output(session, 'stdout', `${job.line}\n`)
    if (waiting) waiting.job = undefined
    const exit = await new Promise<number>((done) => waiting?.after.push(done))
    return { exit }
  }

  #stop(pid: string): void {
    if (this.#cluster.kubectl.processes.get(pid)?.exit === undefined) this.#cluster.timeline.command(`kubectl/${pid}`, 'interrupt', null)
    this.settle()
    this.#world.moved()
  }

  /** One request of curl or wget to a port at which a kubectl process listens. */
  readonly #send: Send = (request) => {
    const { kubectl, timeline } = this.#cluster
    const row = kubectl.listeners.at(request.port, request.host)
    if (!row) return undefined
    const id = `${timeline.index + 1}`.padStart(9, '0')
    timeline.command(`kubectl/${row.pid}`, 'connect', { ...request, id })
    return new Promise((done) => {
      this.#calls.push({ id, pid: row.pid, done })
      for (let n = 0; !this.#world.playing() && n < REAL_LIMIT && !kubectl.listeners.answers.has(id) && timeline.nextAt() !== undefined && timeline.nextAt()! - timeline.clock <= WAIT_GAP; n++) timeline.step()
      this.settle()
      this.#world.moved()
    })
  }

  /** Ctrl-C. */
  interrupt(session: number): void {
    this.#aborts.get(session)?.abort()
    for (const { pid, session: owner, job } of this.#waiting.slice()) {
      if (job || owner !== session || this.#cluster.kubectl.processes.get(pid)?.exit !== undefined) continue
      this.#cluster.timeline.command(`kubectl/${pid}`, 'interrupt', null)
    }
    this.settle()
    this.#world.moved()
  }

  /** The terminal is closed: what runs in it ends, in the background too, and its shell is forgotten. */
  close(session: number): void {
    this.interrupt(session)
    for (const { pid, session: owner } of this.#waiting.slice()) if (owner === session) this.#stop(pid)
    this.#states.delete(session)
  }

  /** Keys for the process that reads at this terminal. */
  typed(session: number, typed: Typed): void {
    const waiting = this.#waiting.filter((w) => w.session === session && w.seat !== 'none').at(-1)
    if (!waiting) return
    this.#cluster.timeline.command(`kubectl/${waiting.pid}`, 'input', typed)
    if (!this.#world.playing()) this.#advance(waiting.pid)
    this.settle()
    this.#world.moved()
  }

  /** null: closed without saving, which leaves the text as it was. */
  edited(edit: number, text: string | null): void {
    this.#cluster.timeline.command(`kubectl/${edit}`, 'edited', text ?? this.#cluster.kubectl.edits.get(`${edit}`)?.text ?? null)
    this.#advance(`${edit}`)
    this.settle()
    this.#world.moved()
  }

  /** Candidates for Tab and where they begin to replace; where a process sits at the terminal, what its shell offers. */
  complete(line: string, cursor: number, session?: number): Answers['complete'] {
    const waiting = this.#waiting.filter((w) => w.session === session && w.seat === 'tty').at(-1)
    const end = waiting && this.#cluster.kubectl.streams.open.get(waiting.pid)?.end
    if (waiting) return end ? this.#cluster.inside.complete(end, line.slice(0, cursor)) : { candidates: [], replaceFrom: cursor }
    return this.#cluster.completeKubectl(line.slice(0, cursor), this.#files)
  }

  /** A kubectl command given by a button, as its lines. */
  async command(argv: readonly string[]): Promise<ApplyResult> {
    const { stdout, stderr } = await this.#kubectl(0, { argv, files: {} }, false)
    const lines = [...textLines(stdout, true), ...textLines(stderr, false)]
    return { lines, problems: [] }
  }

  /** Shows new output and ends what has ended; called whenever time has moved. */
  settle(): void {
    const { kubectl } = this.#cluster
    this.#settleCalls()
    for (const waiting of this.#waiting.slice()) {
      const process = kubectl.processes.get(waiting.pid)
      // The process lies in a future that was left: nothing will come any more.
      if (!process) {
        this.#end(waiting, { stdout: '', stderr: '', exitCode: 130 })
        continue
      }
      if (waiting.stream) this.#show(waiting, process.chunks)
      this.#sit(waiting)
      const edit = kubectl.edits.get(waiting.pid)
      if (edit && !waiting.edit) this.#world.edit(waiting.session, Number(waiting.pid), edit.name, edit.text)
      waiting.edit = edit !== undefined
      if (process.exit !== undefined) this.#end(waiting, this.#resultOf(waiting.pid))
    }
  }

  #settleCalls(): void {
    const { kubectl } = this.#cluster
    for (const call of this.#calls.slice()) {
      const answer = kubectl.listeners.answers.get(call.id) ?? (kubectl.processes.get(call.pid)?.exit === undefined && kubectl.processes.has(call.pid) ? undefined : LOST)
      if (!answer) continue
      this.#calls = this.#calls.filter((other) => other !== call)
      call.done(answer)
    }
  }

  /** Another cluster takes over: nobody will answer. */
  reset(): void {
    for (const { done } of this.#calls.splice(0)) done(LOST)
    this.#jobs.clear()
    for (const waiting of this.#waiting.slice()) this.#end(waiting, { stdout: '', stderr: '', exitCode: 130 })
    this.#bash = undefined
    this.#states.clear()
  }

  #stateOf(session: number): ShellState {
    return this.#states.get(session) ?? newShell(HOME)
  }

  /** What a process has written goes into the shell's file system. */
  async #save(session: number, result: Result): Promise<void> {
    if (Object.keys(result.files ?? {}).length > 0) await writeFiles((await this.#shell()).fs, this.#stateOf(session).env['PWD'] ?? HOME, result)
  }

  get #cluster(): Cluster {
    return this.#world.cluster()
  }

  /** Tells the page when a process begins to read at its terminal, and when it is the shell again. */
  #sit(waiting: Waiting): void {
    const open = this.#cluster.kubectl.streams.open.get(waiting.pid)
    const seat = !open ? 'none' : open.tty ? 'tty' : 'plain'
    if (seat === waiting.seat) return
    waiting.seat = seat
    this.#world.seat(waiting.session, seat)
  }

  #end(waiting: Waiting, result: Result): void {
    if (waiting.seat !== 'none') this.#world.seat(waiting.session, 'none')
    this.#waiting = this.#waiting.filter((other) => other !== waiting)
    waiting.done(result)
    for (const after of waiting.after) after(result.exitCode)
  }

  #show(waiting: Waiting, chunks: number): void {
    // Somebody has stepped back: the line that is unfinished now is shown again.
    if (waiting.shown > chunks) {
      waiting.shown = chunks
      const text = this.#cluster.kubectl.textOf(waiting.pid)
      this.#world.output(waiting.session, 'stdout', `\n${text.slice(text.lastIndexOf('\n') + 1)}`)
    }
    for (; waiting.shown < chunks; waiting.shown++) {
      const chunk = this.#cluster.kubectl.chunkOf(waiting.pid, waiting.shown)
      if (chunk) this.#world.output(waiting.session, chunk.stream, chunk.text)
    }
  }

  #resultOf(pid: string): Result {
    const { kubectl } = this.#cluster
    return { stdout: kubectl.textOf(pid, 'stdout'), stderr: kubectl.textOf(pid, 'stderr'), exitCode: kubectl.processes.get(pid)?.exit ?? 1, files: kubectl.savedBy(pid) }
  }

  /** The long texts of `explain` are fetched when somebody asks for them. */
  async #kubectl(session: number, command: KubectlCommand, stream: boolean, interactive = false): Promise<Result> {
    if (command.argv.includes('explain')) await loadDescriptions()
    return this.#start(session, command, stream, interactive)
  }

  #start(session: number, command: KubectlCommand, stream: boolean, interactive: boolean, job?: Job): Promise<Result> {
    const { timeline } = this.#cluster
    const isPast = timeline.index < timeline.endIndex
    if (isReading(command.argv) && (isPast || !this.#world.playing())) {
      const result = this.#ghost(command)
      if (stream && result.stdout) this.#world.output(session, 'stdout', result.stdout)
      if (stream && result.stderr) this.#world.output(session, 'stderr', result.stderr)
      return Promise.resolve(result)
    }
    const pid = this.#cluster.runKubectl({ ...command, ...(interactive ? { interactive } : {}) })
    return new Promise((done) => {
      this.#waiting.push({ pid, session, stream, shown: 0, edit: false, seat: 'none', job, after: [], done })
      if (!this.#world.playing()) this.#advance(pid)
      this.settle()
      this.#world.moved()
    })
  }

  #ghost(command: KubectlCommand): Result {
    const { kubectl, timeline } = this.#cluster
    const pid = kubectl.nextPid()
    const ended = (): Result | undefined => (kubectl.processes.get(pid)?.exit === undefined ? undefined : this.#resultOf(pid))
    return (
      timeline.ghost(`kubectl/${pid}`, 'run', command, GHOST_LIMIT, ended) ?? { stdout: '', stderr: 'error: the command did not end\n', exitCode: 1 }
    )
  }

  /** While paused a writing command still runs to its end, unless it waits for something that takes longer. */
  #advance(pid: string): void {
    const { timeline, kubectl } = this.#cluster
    const start = timeline.clock
    for (let n = 0; n < REAL_LIMIT && kubectl.processes.get(pid)?.exit === undefined; n++) {
      const open = kubectl.streams.open.get(pid)
      const at = timeline.nextAt()
      if (open?.waits || kubectl.listeners.of(pid) || at === undefined || at - timeline.clock > WAIT_GAP || (open?.end && at - start > TYPED_LIMIT)) return
      timeline.step()
    }
  }

  #shell(): Promise<BashType> {
    this.#bash ??= import('just-bash').then(({ Bash, defineCommand, decodeBytesToUtf8 }) => {
      const kubectl = (name: string): CustomCommand =>
        defineCommand(name, async (args, ctx) => {
          const read = async (path: string): Promise<string> => ctx.fs.readFile(ctx.fs.resolvePath(ctx.cwd, path))
          const named = await filesNamedBy(args, read)
          const files = args.some(namesFile) || args.includes('kustomize') || args.includes('cp') ? { ...(await filesBelow(ctx.fs.getAllPaths(), ctx.cwd, read)), ...named, ...(args.includes('cp') ? await filesOutside(ctx.fs.getAllPaths(), args, read) : {}) } : named
          const sits = this.#direct && takesInput(args)
          const stdin = args.includes('-') || args.includes('-f=-') || args.includes('--filename=-') || (takesInput(args) && !sits) ? decodeBytesToUtf8(ctx.stdin) : undefined
          const config = await configFiles(args, ctx.exportedEnv ?? {}, read)
          const result = await this.#kubectl(this.#session, { argv: args, stdin, files: { ...files, ...config }, env: kubectlEnv(ctx.exportedEnv ?? {}) }, sits, sits)
          await writeFiles(ctx.fs, ctx.cwd, result)
          return sits ? { ...result, stdout: '', stderr: '' } : result
        })
      const http = (name: string, run: (args: readonly string[], send: Send) => Promise<HttpResult>): CustomCommand =>
        defineCommand(name, async (args, ctx) => {
          const { file, ...result } = await run(args, this.#send)
          if (file) await ctx.fs.writeFile(ctx.fs.resolvePath(ctx.cwd, file.name), file.text)
          return result
        })
      return new Bash({ customCommands: [kubectl('kubectl'), kubectl('k'), http('curl', curl), http('wget', wget)], cwd: HOME, env: { HOME, USER: 'learner' }, sleep: (delayMs) => this.#sleep(delayMs) })
    })
    return this.#bash
  }

  /** `sleep` in a script waits in virtual time. */
  async #sleep(delayMs: number): Promise<void> {
    const { timeline } = this.#cluster
    const until = timeline.clock + delayMs * 1000
    if (!this.#world.playing()) {
      timeline.runUntil(until)
      this.#world.moved()
      return
    }
    while (timeline.clock < until) await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

let descriptions: Promise<void> | undefined

const loadDescriptions = (): Promise<void> =>
  (descriptions ??= import('../sim/api/schema/descriptions.json').then((json) => provideDescriptions((json as unknown as { default: { definitions: Descriptions } }).default.definitions)))

const textLines = (text: string, ok: boolean): ApplyResult['lines'] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ text: line, ok }))
