import type { Micros } from '../../engine/time.ts'
import { Failure, failed } from './errno.ts'
import { contentOf, existing, openForWriting, type FileWorld } from './files.ts'
import { lookUp, treeSize, withNode, type FsNode } from './fs.ts'
import {
  RUNNING_AT_ONCE, SIGNALS, type Answer, type Asked, type ContainerState, type Descriptor, type LogChunk, type Machine, type OpenFile, type Process, type ProgramState, type Session, type Wait,
} from './machine.ts'
import { pseudoNode } from './pseudo.ts'
import { stepShell, trapFor } from './shell/run.ts'
import type { Frame, ShellState } from './shell/state.ts'
import { stepTool, toolOnSignal } from './tools/index.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }
/** A process while it runs: fields are replaced, values stay immutable. */
export type Task = Writable<Process>
export type Shell = Omit<Writable<ShellState>, 'stack'> & { stack: Frame[] }

export interface Ran {
  /** Why it stopped: the time is reached, nothing can happen by itself, the budget is spent, or somebody outside must answer. */
  readonly because: 'time' | 'idle' | 'budget' | 'asked' | 'ended'
  /** When the next thing happens by itself. */
  readonly next?: Micros
}

const SPAWN: Micros = 500
const LOG_KEPT = 4096
const CAPTURE_LIMIT = 1 << 20
const PIPE_SIZE = 65_536
const OUT_OF_MEMORY = 137

/** A machine at work: made from a value, run for a while, and turned back into one. Deterministic, holds nothing else. */
export class Kernel {
  readonly tasks = new Map<number, Task>()
  readonly containers: Record<string, ContainerState>
  readonly roots: Record<string, FsNode>
  readonly pipes: Record<string, string>
  readonly open: Record<string, OpenFile>
  readonly captures: Record<string, string>
  readonly sessions: Record<string, Session>
  asked: Asked[]
  /** Return from `run` when a container's first process or a session has ended. */
  stopAtEnds = false
  #endSeen = false
  now: Micros
  lastId: number
  readonly machine: Machine
  readonly #env: KernelSetting

  constructor(machine: Machine, setting: KernelSetting = NO_SETTING) {
    this.machine = machine
    this.#env = setting
    this.now = machine.now
    this.lastId = machine.lastId
    this.containers = { ...machine.containers }
    this.roots = { ...machine.roots }
    this.pipes = { ...machine.pipes }
    this.open = { ...machine.open }
    this.captures = { ...machine.captures }
    this.sessions = { ...machine.sessions }
    this.asked = [...machine.asked]
    for (const process of machine.processes) this.tasks.set(process.id, { ...process, program: thawed(process.program) })
  }

  get setting(): KernelSetting {
    return this.#env
  }

  /** The value that the machine has come to. */
  freeze(): Machine {
    const processes = [...this.tasks.values()].map((task): Process => ({ ...task, program: thawed(task.program) }))
    const used = new Set<string>()
    for (const { fds, program } of processes) {
      const frames = program.kind === 'shell' ? program.shell.stack : []
      const sets = [fds, ...frames.flatMap((frame) => ('fds' in frame && frame.fds ? [frame.fds] : []))]
      for (const set of sets) for (const d of Object.values(set)) if (d.k === 'file' || d.k === 'pipe') used.add(d.id)
    }
    const kept = <T>(of: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(of).filter(([id]) => used.has(id)))
    return {
      ...this.machine, now: this.now, lastId: this.lastId, containers: this.containers, roots: this.roots, processes,
      pipes: kept(this.pipes), open: kept(this.open), captures: this.captures, sessions: this.sessions, asked: this.asked,
    }
  }

  /** Lets processes run until `until`, for at most `budget` steps. */
  run(until: Micros, budget = 20_000): Ran {
    for (let left = budget; ; left--) {
      const task = this.#next()
      if (!task) {
        this.now = Math.max(this.now, Math.min(until, Number.MAX_SAFE_INTEGER))
        return { because: this.asked.length > 0 ? 'asked' : 'idle' }
      }
      const at = this.#readyAt(task)!
      if (at > until) {
        this.now = Math.max(this.now, until)
        return { because: 'time', next: at }
      }
      if (left <= 0) return { because: 'budget', next: at }
      this.now = Math.max(this.now, at)
      if (this.asked.length > 0) return { because: 'asked', next: at }
      this.#step(task, at)
      if (this.#endSeen && this.stopAtEnds) {
        this.#endSeen = false
        this.now = Math.max(this.now, task.clock)
        return { because: 'ended', next: this.now }
      }
    }
  }

  #next(): Task | undefined {
    let best: Task | undefined
    let bestAt = Infinity
    for (const task of this.tasks.values()) {
      const at = this.#readyAt(task)
      if (at !== undefined && at < bestAt) {
        best = task
        bestAt = at
      }
    }
    return best
  }

  /** When the task can go on; undefined: not by itself. */
  #readyAt(task: Task): Micros | undefined {
    if (task.exit !== undefined) return undefined
    const { wait, clock } = task
    if (!wait || task.signals.length > 0) return clock
    switch (wait.for) {
      case 'time':
        return Math.max(wait.until, clock)
      case 'child': {
        let at = clock
        for (const id of wait.ids) {
          const child = this.tasks.get(id)
          if (child && child.exit === undefined) return wait.until
          if (child) at = Math.max(at, child.clock)
        }
        return at
      }
      case 'any-child':
        return undefined
      case 'input':
        return this.#hasInput(task, wait.fd) ? clock : wait.until
      case 'answer':
        return wait.answer ? clock : undefined
      case 'ever':
        return undefined
    }
  }

  #hasInput(task: Task, fd: number): boolean {
    const d = task.fds[fd]
    if (!d) return true
    if (d.k === 'pipe') return (this.pipes[d.id] ?? '') !== '' || !this.hasWriter(d.id)
    if (d.k === 'session') return this.sessions[d.id]!.stdin !== '' || this.sessions[d.id]!.closed
    return true
  }

  hasWriter(pipe: string): boolean {
    return this.#holds(pipe, 'w')
  }

  hasReader(pipe: string): boolean {
    return this.#holds(pipe, 'r')
  }

  #holds(pipe: string, end: 'r' | 'w'): boolean {
    const leads = (fds: Readonly<Record<number, Descriptor>>): boolean => {
      for (const fd in fds) {
        const d = fds[fd]!
        if (d.k === 'pipe' && d.id === pipe && d.end === end) return true
      }
      return false
    }
    for (const task of this.tasks.values()) {
      if (task.exit !== undefined) continue
      if (leads(task.fds)) return true
      if (task.program.kind === 'shell') for (const frame of task.program.shell.stack) if (frame.f === 'restore' && leads(frame.fds)) return true
    }
    return false
  }

  #step(task: Task, at: Micros): void {
    task.clock = Math.max(task.clock, at)
    if (task.signals.length > 0 && this.#deliver(task)) return
    task.wait = null
    if (task.program.kind === 'shell') stepShell(this, task, task.program.shell as Shell)
    else stepTool(this, task, task.program.name)
    const container = this.containers[task.container]
    if (container?.memoryLimit !== undefined && task.memory > 0 && task.exit === undefined) this.#account(container, task)
  }

  /** One pending signal reaches its process; true when that is all that happens now. */
  #deliver(task: Task): boolean {
    const [name, ...rest] = task.signals
    task.signals = rest
    const code = 128 + (SIGNALS[name!] ?? 15)
    if (name === 'KILL') {
      this.exit(task, code)
      return true
    }
    if (name === 'CHLD' || name === 'CONT' || name === 'WINCH' || name === 'STOP') return true
    if (task.program.kind === 'shell') {
      const shell = task.program.shell as Shell
      const action = trapFor(shell, name!)
      if (action === 'ignore') return true
      if (action === 'trap') {
        shell.deferred = [...shell.deferred, name!]
        // A trap waits until the command in the foreground is over; the builtin `wait` is left at once (POSIX 2.11).
        return task.wait?.for === 'child' && shell.stack.at(-1)?.f !== 'wait-builtin'
      }
    } else {
      const verdict = toolOnSignal(this, task, task.program.name, name!)
      if (verdict === 'handled') return true
    }
    // The first process of a pid namespace gets no default actions (kernel/signal.c: SIGNAL_UNKILLABLE).
    if (task.pid === 1) return true
    this.exit(task, code)
    return true
  }

  /** Memory of a container beyond its limit: the largest process of the cgroup is killed, or all of it (mm/oom_kill.c). */
  #account(container: ContainerState, task: Task): void {
    let sum = 0
    for (const other of this.tasks.values()) if (other.container === container.name && other.exit === undefined) sum += other.memory
    if (sum <= container.memoryLimit!) return
    this.containers[container.name] = { ...container, oomKilled: true }
    const victims = container.oomGroup ? [...this.tasks.values()].filter((t) => t.container === container.name) : [task]
    for (const victim of victims) if (victim.exit === undefined) this.exit(victim, OUT_OF_MEMORY)
  }

  // ---- processes

  /** A new process; undefined when the pids limit is met. */
  spawn(parent: Task | undefined, made: Pick<Process, 'container' | 'argv' | 'comm' | 'user' | 'cwd' | 'env' | 'fds' | 'program'> & { readonly at: Micros; readonly session?: string }): Task | undefined {
    const container = this.containers[made.container]!
    let alive = 0
    for (const task of this.tasks.values()) if (task.container === made.container && task.exit === undefined) alive++
    if (alive >= Math.min(container.pidsLimit, RUNNING_AT_ONCE)) return undefined
    const id = ++this.lastId
    const pid = this.#nextPid(container, id)
    const { at, ...rest } = made
    const task: Task = { ...rest, id, pid, parent: parent?.id ?? 0, startedAt: at, clock: at + (parent ? SPAWN : 0), wait: null, signals: [], memory: 0, listens: [] }
    this.tasks.set(id, task)
    return task
  }

  #nextPid(container: ContainerState, id: number): number {
    if (this.machine.hostPid) return this.machine.firstPid + id
    if (this.machine.sharedPid) {
      // The pause process is number 1 of a shared namespace.
      const last = Math.max(1, ...Object.values(this.containers).map((c) => c.lastPid))
      for (const [name, c] of Object.entries(this.containers)) this.containers[name] = { ...c, lastPid: last + 1 }
      return last + 1
    }
    this.containers[container.name] = { ...container, lastPid: container.lastPid + 1 }
    return container.lastPid + 1
  }

  /** Ends a process: descriptors close, children go to the namespace's first process, and with that one all end. */
  exit(task: Task, code: number): void {
    if (task.exit !== undefined) return
    task.exit = code & 0xff
    task.fds = {}
    task.listens = []
    task.wait = null
    task.memory = 0
    const container = this.containers[task.container]!
    if (task.session !== undefined && this.sessions[task.session]?.process === task.id) {
      this.sessions[task.session] = { ...this.sessions[task.session]!, code: task.exit, endedAt: task.clock }
      this.#endSeen = true
    }
    if (container.main === task.id) {
      this.#endSeen = true
      this.containers[task.container] = { ...this.containers[task.container]!, ended: { at: task.clock, code: task.exit, oom: container.oomKilled } }
      for (const other of [...this.tasks.values()]) if (other.container === task.container && other !== task) this.#destroy(other, task.clock)
      this.tasks.delete(task.id)
      return
    }
    for (const child of this.tasks.values()) if (child.parent === task.id) child.parent = container.main
    const parent = this.tasks.get(task.parent)
    const isAwaited = parent?.program.kind === 'shell' && parent.exit === undefined
    if (!isAwaited && !(parent?.program.kind === 'tool' && parent.wait?.for === 'child')) this.tasks.delete(task.id)
  }

  #destroy(task: Task, at: Micros): void {
    if (task.session !== undefined && this.sessions[task.session]?.process === task.id && this.sessions[task.session]!.code === undefined)
      this.sessions[task.session] = { ...this.sessions[task.session]!, code: 137, endedAt: at }
    this.tasks.delete(task.id)
  }

  /** Takes a dead child's status away. */
  reap(id: number): number | undefined {
    const child = this.tasks.get(id)
    if (child?.exit === undefined) return undefined
    this.tasks.delete(id)
    return child.exit
  }

  /** Sends a signal; false when there is no such process. */
  signal(id: number, name: string): boolean {
    const task = this.tasks.get(id)
    if (!task || task.exit !== undefined) return false
    task.signals = [...task.signals, name]
    task.clock = Math.max(task.clock, this.now)
    return true
  }

  /** The process that `pid` means to `task`: numbers of one pid namespace. */
  byPid(task: Task, pid: number): Task | undefined {
    const wide = this.machine.sharedPid || this.machine.hostPid
    for (const other of this.tasks.values()) if (other.pid === pid && other.exit === undefined && (wide || other.container === task.container)) return other
    return undefined
  }

  // ---- files

  files(task: Task): FileWorld {
    const container = this.containers[task.container]!
    const kernel = this
    return {
      clock: task.clock,
      mounts: container.mounts,
      user: task.user,
      capabilities: container.capabilities,
      cwd: task.cwd,
      root: (fs) => kernel.roots[fs],
      setRoot: (fs, tree) => void (kernel.roots[fs] = tree),
      pseudo: (type, path) => pseudoNode(kernel, task, type, path),
      limit: (fs) => kernel.setting.limits[fs],
    }
  }

  /** Opens a file as a descriptor. */
  openFile(task: Task, path: string, mode: 'r' | 'w' | 'a' | 'rw'): Descriptor | Failure {
    const world = this.files(task)
    const place = mode === 'r' ? existing(world, path) : openForWriting(world, path, mode !== 'w')
    if (failed(place)) return place
    const { node } = place
    if (node?.t === 'd') return new Failure('EISDIR')
    if (node?.t === 'c') return this.#deviceDescriptor(task, node.device)
    if (mode === 'r' && node && !allowedToRead(world, node)) return new Failure('EACCES')
    const id = `f${++this.lastId}`
    if (place.pseudo) {
      this.roots[`pseudo:${id}`] = node!
      this.open[id] = { fs: `pseudo:${id}`, names: [], at: 0, append: false, readOnly: mode === 'r' }
    } else this.open[id] = { fs: place.mount.fs, names: place.names, at: 0, append: mode === 'a', readOnly: mode === 'r' }
    return { k: 'file', id }
  }

  #deviceDescriptor(task: Task, device: string): Descriptor {
    if (device === '1,5') return { k: 'zero' }
    if (device === '1,7') return { k: 'full' }
    if (device === '1,8' || device === '1,9') return { k: 'random' }
    if (device.startsWith('fd,')) return task.fds[Number(device.slice(3))] ?? { k: 'null' }
    return { k: 'null' }
  }

  /** Writes to a descriptor. */
  write(task: Task, fd: number, text: string): Failure | undefined {
    const d = task.fds[fd]
    if (!d) return new Failure('EBADF')
    if (text === '') return undefined
    switch (d.k) {
      case 'log':
        this.#log(task.container, task.clock, d.stream, text)
        return undefined
      case 'capture':
        this.captures[d.id] = ((this.captures[d.id] ?? '') + text).slice(0, CAPTURE_LIMIT)
        return undefined
      case 'session': {
        const session = this.sessions[d.id]!
        if (d.stream === 'in') return new Failure('EBADF')
        const grown = (session[d.stream] + text).slice(0, CAPTURE_LIMIT)
        this.sessions[d.id] = { ...session, [d.stream]: grown }
        return undefined
      }
      case 'pipe':
        if (!this.hasReader(d.id)) {
          task.signals = [...task.signals, 'PIPE']
          return new Failure('EBADF')
        }
        this.pipes[d.id] = ((this.pipes[d.id] ?? '') + text).slice(0, PIPE_SIZE * 16)
        return undefined
      case 'file':
        return this.#writeFile(task, d.id, text)
      case 'full':
        return new Failure('ENOSPC')
      default:
        return undefined
    }
  }

  #writeFile(task: Task, id: string, text: string): Failure | undefined {
    const open = this.open[id]
    if (!open || open.readOnly) return new Failure('EBADF')
    const root = this.roots[open.fs]
    const node = root && lookUp(root, open.names)
    if (node?.t !== 'f') return undefined
    const at = open.append ? node.data.length : Math.min(open.at, node.data.length)
    const data = node.data.slice(0, at) + text + node.data.slice(at + text.length)
    if (data.length > CAPTURE_LIMIT) return new Failure('EFBIG')
    const limit = this.setting.limits[open.fs]
    if (limit !== undefined && data.length > limit) return new Failure('ENOSPC')
    this.roots[open.fs] = withNode(root!, open.names, { ...node, data, mtime: task.clock }, task.clock)
    this.open[id] = { ...open, at: at + text.length }
    return undefined
  }

  /** Reads what is there: text, undefined at the end, null when one has to wait. */
  read(task: Task, fd: number, most = Infinity): string | undefined | null {
    const d = task.fds[fd]
    switch (d?.k) {
      case 'pipe': {
        const text = this.pipes[d.id] ?? ''
        if (text === '') return this.hasWriter(d.id) ? null : undefined
        this.pipes[d.id] = text.slice(most)
        return text.slice(0, most)
      }
      case 'session': {
        const session = this.sessions[d.id]!
        if (session.stdin === '') return session.closed ? undefined : null
        this.sessions[d.id] = { ...session, stdin: session.stdin.slice(most) }
        return session.stdin.slice(0, most)
      }
      case 'file': {
        const open = this.open[d.id]
        const root = open && this.roots[open.fs]
        const node = root && lookUp(root, open!.names)
        const text = node ? contentOf(node) : ''
        if (!open || open.at >= text.length) return undefined
        this.open[d.id] = { ...open, at: Math.min(open.at + most, text.length) }
        return text.slice(open.at, open.at + most)
      }
      case 'zero':
        return '\0'.repeat(Math.min(most, 4096))
      case 'random':
        return 'r'.repeat(Math.min(most, 512))
      default:
        return undefined
    }
  }

  /** Makes a file of zeros; gives back how many bytes found room, or what is wrong. */
  fill(task: Task, path: string, bytes: number): number | string {
    const world = this.files(task)
    const place = openForWriting(world, path, false)
    if (failed(place)) return place.text
    if (place.node?.t !== 'f') return bytes
    const root = this.roots[place.mount.fs]!
    const node = lookUp(root, place.names)
    if (node?.t !== 'f') return bytes
    const limit = this.setting.limits[place.mount.fs]
    const room = limit === undefined ? bytes : Math.max(0, Math.min(bytes, limit - treeSize(root)))
    this.roots[place.mount.fs] = withNode(root, place.names, { ...node, zeros: room, mtime: task.clock }, task.clock)
    return room
  }

  #log(name: string, at: Micros, stream: 'stdout' | 'stderr', text: string): void {
    const container = this.containers[name]!
    const before = container.log
    const chunk: LogChunk = { at, stream, text, before, count: (before?.count ?? 0) + 1 }
    this.containers[name] = { ...container, log: chunk.count % LOG_KEPT === 0 ? trimmed(chunk) : chunk }
  }

  wait(task: Task, wait: Wait): void {
    task.wait = wait
  }

  ask(task: Task, question: Omit<Asked, 'process' | 'at'>): void {
    task.wait = { for: 'answer' }
    this.asked = [...this.asked, { ...question, process: task.id, at: task.clock }]
  }

  answer(question: Asked, answer: Answer): void {
    this.asked = this.asked.filter((other) => other !== question)
    const task = this.tasks.get(question.process)
    if (!task || task.wait?.for !== 'answer') return
    task.wait = { for: 'answer', answer }
    if (task.program.kind === 'tool') task.program = { ...task.program, state: { ...(task.program.state as object | null), answer } }
    task.clock = Math.max(task.clock, this.now)
  }
}

const allowedToRead = (world: FileWorld, node: FsNode): boolean => world.user.uid === 0 || ((node.mode >> (node.uid === world.user.uid ? 6 : node.gid === world.user.gid || world.user.groups.includes(node.gid) ? 3 : 0)) & 4) !== 0

const thawed = (program: ProgramState): ProgramState => (program.kind === 'shell' ? { kind: 'shell', shell: { ...program.shell, stack: program.shell.stack.slice() } } : program)

/** The newest half of a long log. */
function trimmed(chunk: LogChunk): LogChunk {
  const kept: LogChunk[] = []
  for (let c: LogChunk | null = chunk; c && kept.length < LOG_KEPT / 2; c = c.before) kept.push(c)
  let result: LogChunk | null = null
  for (let i = kept.length - 1; i >= 0; i--) result = { ...kept[i]!, before: result }
  return result!
}

/** What the node tells its kernels: sizes, cgroup form, addresses. */
export interface KernelSetting {
  readonly nodeName: string
  readonly cgroups: 'v1' | 'v2'
  readonly cpus: number
  readonly memory: number
  readonly release: string
  /** Sizes of file systems that have a limit, by key. */
  readonly limits: Readonly<Record<string, number>>
  readonly bootedAt: Micros
  /** Namespace numbers: of the node, and of this pod's. */
  readonly namespaces: Readonly<Record<string, number>>
  /** Values of /proc/sys that the pod set. */
  readonly sysctls: Readonly<Record<string, string>>
}

export const NO_SETTING: KernelSetting = {
  nodeName: 'node', cgroups: 'v2', cpus: 4, memory: 8 * 1024 ** 3, release: '6.12.0', limits: {}, bootedAt: 0, namespaces: {}, sysctls: {},
}
