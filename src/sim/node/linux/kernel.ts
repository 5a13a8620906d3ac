import type { Micros } from '../../engine/time.ts'
import { Descriptors } from './descriptors.ts'
import { Failure, failed } from './errno.ts'
import { groupLimit } from './cgroup-writes.ts'
import { existing, makeDirectory, type FileWorld } from './files.ts'
import { RUNNING_AT_ONCE, type Answer, type Asked, type ContainerState, type Machine, type Process, type ProgramState, type Wait } from './machine.ts'
import type { HostState } from './host.ts'
import { hostPid, processIn, seenBy, spaceOf, type Seen } from './processes.ts'
import { pseudoNode } from './pseudo.ts'
import { isOver } from './limits.ts'
import { NO_SETTING, type KernelSetting } from './setting.ts'
import { stepShell } from './shell/run.ts'
import type { Frame, ShellState } from './shell/state.ts'
import { deliverSignal, STOPS } from './signals.ts'
import { stepTool } from './tools/index.ts'
import { isForeground } from './tty.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }
/** A process while it runs: fields are replaced, values stay immutable. */
export type Task = Writable<Process>
export type Shell = Omit<Writable<ShellState>, 'stack'> & { stack: Frame[] }

export interface Ran {
  /** Why it stopped: the time is reached, nothing can happen by itself, the budget is spent, or somebody outside must answer. */
  readonly because: 'time' | 'idle' | 'budget' | 'asked' | 'ended' | 'output' | 'node'
  /** When the next thing happens by itself. */
  readonly next?: Micros
}

const SPAWN: Micros = 500
const UMASK = 0o022
const NONE: readonly string[] = []
/** How long a look at the node holds good. */
const NODE_LAG: Micros = 100_000
const OUT_OF_MEMORY = 137
const KILLED = 137

/** A machine at work: made from a value, run for a while, and turned back into one. Deterministic, holds nothing else. */
export class Kernel extends Descriptors {
  asked: Asked[]
  /** Return from `run` when a container's first process or a session has ended. */
  stopAtEnds = false
  #endSeen = false
  /** How much has been done since it was made. */
  steps = 0
  #looksAtNode: boolean
  #host: { readonly at: Micros; readonly state: HostState } | undefined
  now: Micros
  readonly machine: Machine

  constructor(machine: Machine, setting: KernelSetting = NO_SETTING) {
    super(machine, setting)
    this.machine = machine
    this.now = machine.now
    this.#looksAtNode = setting.host !== undefined && (machine.looksAtNode === true || Object.keys(machine.sessions).length > 0)
    this.asked = [...machine.asked]
    for (const process of machine.processes) this.tasks.set(process.id, { ...process, program: thawed(process.program) })
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
    for (const fs of Object.keys(this.roots)) if (fs.startsWith('pseudo:') && !used.has(fs.slice(7))) delete this.roots[fs]
    return {
      ...this.machine, ...(this.#looksAtNode ? { looksAtNode: true as const } : {}), now: this.now, lastId: this.lastId, containers: this.containers, roots: this.roots, ...(Object.keys(this.unions).length > 0 ? { unions: this.unions } : {}), processes,
      pipes: kept(this.pipes), open: kept(this.open), captures: this.captures, sessions: this.sessions, asked: this.asked, ...(Object.keys(this.docker).length > 0 ? { docker: this.docker } : {}), ...(Object.keys(this.dockerNetworks).length > 0 ? { dockerNetworks: this.dockerNetworks } : {}),
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
      // What the node will be like then is not known: it has to be looked at anew.
      if (this.#looksAtNode && at > this.machine.now + NODE_LAG) return { because: 'node', next: at }
      this.#step(task, at)
      this.steps++
      if (this.outputSeen) {
        this.outputSeen = false
        this.now = Math.max(this.now, task.clock)
        return { because: 'output', next: this.now }
      }
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
    if (task.stopped !== '') return task.signals.includes('KILL') ? clock : undefined
    if (!wait || task.signals.length > 0) return clock
    switch (wait.for) {
      case 'time':
        return Math.max(wait.until, clock)
      case 'child': {
        let at = clock
        for (const id of wait.ids) {
          const child = this.tasks.get(id)
          if (child && child.exit === undefined && !(wait.stops && child.stopped)) return wait.until
          if (child) at = Math.max(at, child.clock)
        }
        return at
      }
      case 'any-child':
        return undefined
      case 'input':
        return this.#hasInput(task, wait.fd) ? clock : wait.until
      case 'growth':
        return wait.fds.some((fd) => this.hasGrown(task, fd)) ? Math.max(clock, this.now) : undefined
      case 'answer':
        return wait.answer ? clock : wait.until
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

  #step(task: Task, at: Micros): void {
    task.clock = Math.max(task.clock, at)
    if (task.signals.length > 0 && deliverSignal(this, task)) return
    task.wait = null
    if (task.program.kind === 'shell') stepShell(this, task, task.program.shell as Shell)
    else stepTool(this, task, task.program.name)
    const container = this.containers[task.container]
    if (container?.memoryLimit !== undefined && task.memory > 0 && task.exit === undefined) this.#account(container, task)
  }

  /** Memory of a container beyond its limit: the largest process of the cgroup is killed, or all of it (mm/oom_kill.c). */
  #account(container: ContainerState, task: Task): void {
    let sum = 0
    for (const other of this.tasks.values()) if (other.container === container.name && other.exit === undefined) sum += other.memory
    if (sum <= container.memoryLimit!) return
    this.containers[container.name] = { ...container, oomKilled: true }
    const victims = container.oomGroup ? [...this.tasks.values()].filter((t) => t.container === container.name) : [task]
    for (const victim of victims) if (victim.exit === undefined) this.exit(victim, OUT_OF_MEMORY, 'KILL')
  }

  // ---- processes

  /** A new process; undefined when the pids limit is met. */
  spawn(parent: Task | undefined, made: Pick<Process, 'container' | 'argv' | 'comm' | 'user' | 'cwd' | 'env' | 'fds' | 'program'> & { readonly at: Micros; readonly session?: string; readonly group?: number | 'own' }): Task | undefined {
    const container = this.containers[made.container]!
    let alive = 0
    for (const task of this.tasks.values()) if (task.container === made.container && task.exit === undefined) alive++
    if (alive >= Math.min(container.pidsLimit, RUNNING_AT_ONCE)) return undefined
    // Root may start as many as it likes (kernel/fork.c: is_rlimit_overlimit).
    if (parent?.limits && made.user.uid !== 0 && isOver(parent.limits, 'p', this.#running(made.user.uid) + 1)) return undefined
    const id = ++this.lastId
    const pid = this.#nextPid(container, id)
    const { at, group, ...rest } = made
    const leader = group === 'own' ? id : (group ?? parent?.group ?? 0)
    const task: Task = { ...rest, group: leader, stopped: '', ignores: parent?.ignores ?? NONE, umask: parent?.umask ?? UMASK, ...(parent?.limits ? { limits: parent.limits } : {}), id, pid, parent: parent?.id ?? 0, orphan: false, startedAt: at, clock: at + (parent ? SPAWN : 0), wait: null, signals: [], memory: 0, listens: [] }
    if (parent?.view) this.#inherit(task, parent)
    this.tasks.set(id, task)
    return task
  }

  #running(uid: number): number {
    let count = 0
    for (const task of this.tasks.values()) if (task.exit === undefined && task.user.uid === uid) count++
    return count
  }

  /** A child is in its parent's namespaces; where the parent asked for a new pid namespace, it is the first in it. */
  #inherit(task: Task, parent: Task): void {
    const { spaceForChildren, ...view } = parent.view!
    const space = spaceForChildren ?? view.space
    task.view = spaceForChildren === undefined ? view : { ...view, space: spaceForChildren }
    if (space === undefined) return
    task.outer = task.pid
    let last = 0
    for (const other of this.tasks.values()) if (other.view?.space === space) last = Math.max(last, other.pid)
    // Numbers of a namespace that another pod began are counted on from far behind.
    task.pid = last > 0 ? last + 1 : space.startsWith('new ') ? 1 : space === 'host' ? hostPid(this.machine, task.id) : 500
  }

  #nextPid(container: ContainerState, id: number): number {
    if (this.machine.hostPid && !container.name.startsWith('docker:')) return hostPid(this.machine, id)
    if (this.machine.sharedPid && !container.name.startsWith('docker:')) {
      // The pause process is number 1 of a shared namespace.
      const last = Math.max(1, ...Object.values(this.containers).map((c) => c.lastPid))
      for (const [name, c] of Object.entries(this.containers)) this.containers[name] = { ...c, lastPid: last + 1 }
      return last + 1
    }
    const owner = this.containers[container.pidsOf ?? container.name] ?? container
    this.containers[owner.name] = { ...owner, lastPid: owner.lastPid + 1 }
    return owner.lastPid + 1
  }

  /** Ends a process: descriptors close, children go to the namespace's first process, and with that one all end. */
  exit(task: Task, code: number, by?: string): void {
    if (task.exit !== undefined) return
    task.exit = code & 0xff
    if (by !== undefined) task.endedBy = by
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
      // With the first process of a pid namespace all of its processes go, also those of guests.
      for (const guest of Object.values(this.containers)) {
        const main = guest.pidsOf === task.container && task.pid === 1 && !guest.ended ? this.tasks.get(guest.main) : undefined
        if (main) this.exit(main, KILLED)
      }
      return
    }
    for (const child of this.tasks.values()) {
      if (child.parent !== task.id) continue
      if (child.exit !== undefined) this.tasks.delete(child.id)
      child.parent = container.main
      child.orphan = true
    }
    const parent = this.tasks.get(task.parent)
    const isAwaited = !task.orphan && parent?.program.kind === 'shell' && parent.exit === undefined
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
    task.clock = Math.max(task.clock, this.now)
    if (name === 'CONT') {
      // It acts when it is sent, and takes back the stops that are still to come (kernel/signal.c: prepare_signal).
      task.stopped = ''
      task.signals = task.signals.filter((other) => !STOPS.has(other))
    } else task.signals = [...task.signals, name]
    return true
  }

  /** May a process read from its terminal now? Those in the background are stopped when they try. */
  mayReadTerminal(task: Task, session: string): boolean {
    if (isForeground(this, task, session)) return true
    task.signals = [...task.signals, 'TTIN']
    return false
  }

  /** The process that `pid` means to `task`: numbers of one pid namespace. */
  byPid(task: Task, pid: number): Seen | undefined {
    return processIn(this, spaceOf(this, task), pid)
  }

  /** Sends a signal to what somebody sees; what another pod runs the node has to tell. */
  signalTo(task: Task, target: Seen, name: string): void {
    if (target.task) this.signal(target.task.id, name)
    else this.tell(task, { do: 'signal', pid: target.nspid[0]!, signal: name })
  }

  /** The node as it is about now; looked at anew every tenth of a second. */
  get host(): HostState | undefined {
    const { host } = this.setting
    if (!host) return undefined
    this.#looksAtNode = true
    const at = Math.max(this.machine.now, this.now - (this.now % 100_000))
    if (this.#host?.at !== at) this.#host = { at, state: host(at) }
    return this.#host.state
  }

  // ---- files

  files(task: Task): FileWorld {
    const container = this.containers[task.container]!
    const { roots, setting } = this
    return {
      clock: task.clock,
      mounts: task.view?.mounts ?? container.mounts,
      user: task.user,
      capabilities: task.view?.capabilities ?? container.capabilities,
      cwd: task.cwd,
      umask: task.umask,
      root: (fs) => roots[fs] ?? this.tree(fs),
      setRoot: (fs, tree) => (this.unions[fs] ? this.setTree(fs, tree, task.clock) : void (roots[fs] = tree)),
      pseudo: (mount, path) => pseudoNode(this, task, mount, path),
      seenBy: (proc, pid) => seenBy(this, task, proc, pid),
      ...(setting.host ? { nodeMounts: () => this.host!.mounts } : {}),
      limit: (fs) => setting.limits[fs],
    }
  }

  /** Makes a folder with those above it where it is missing. */
  makeFolder(task: Task, path: string): void {
    makeDirectory(this.files(task), path, true)
  }

  /** In which file system a path lies, and where in it. */
  placeOf(task: Task, path: string): { readonly fs: string; readonly from: string } | undefined {
    const place = existing(this.files(task), path)
    return failed(place) || place.pseudo ? undefined : { fs: place.mount.fs, from: `/${place.names.join('/')}` }
  }

  wait(task: Task, wait: Wait): void {
    task.wait = wait
  }

  ask(task: Task, question: Omit<Asked, 'process' | 'at'>): void {
    task.wait = { for: 'answer' }
    this.asked = [...this.asked, { ...question, process: task.id, at: task.clock }]
  }

  writeGroup(task: Task, path: string, text: string): Failure | undefined {
    const limit = groupLimit(path, text)
    if (typeof limit === 'string') return new Failure(limit)
    this.tell(task, { do: 'cgroup', ...limit })
    return undefined
  }

  /** Asks the node for something without waiting for it. */
  tell(task: Task, request: object): void {
    this.asked = [...this.asked, { process: 0, at: task.clock, host: '', port: 0, what: 'node', path: JSON.stringify(request) }]
  }

  /** The world outside has answered what a process asked. */
  answer(process: number, answer: Answer): void {
    const task = this.tasks.get(process)
    if (!task || task.wait?.for !== 'answer') return
    task.wait = { for: 'answer', answer }
    if (task.program.kind === 'tool') task.program = { ...task.program, state: { ...(task.program.state as object | null), answer } }
    task.clock = Math.max(task.clock, this.now)
  }
}

const thawed = (program: ProgramState): ProgramState => (program.kind === 'shell' ? { kind: 'shell', shell: { ...program.shell, stack: program.shell.stack.slice() } } : program)
