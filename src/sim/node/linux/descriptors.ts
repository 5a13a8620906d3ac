import type { Micros } from '../../engine/time.ts'
import { Failure, failed } from './errno.ts'
import { contentOf, existing, openForWriting, type FileWorld } from './files.ts'
import { directory, lookUp, treeSize, type FsNode } from './fs.ts'
import type { ContainerState, Descriptor, DockerContainer, DockerNetwork, LogChunk, Machine, OpenFile, Session } from './machine.ts'
import type { HostState } from './host.ts'
import type { KernelSetting } from './setting.ts'
import type { Task } from './kernel.ts'
import { withFile } from './hard-links.ts'
import { isOver } from './limits.ts'
import { takenFrom } from './tty.ts'
import { unionTree, writtenThrough, type Union } from './union.ts'

const NOTHING = directory()
const LOG_KEPT = 4096
const CAPTURE_LIMIT = 8 << 20
/** A text that is kept to its limit; one below it is not copied. */
const kept = (text: string): string => (text.length > CAPTURE_LIMIT ? text.slice(0, CAPTURE_LIMIT) : text)
const PIPE_SIZE = 65_536

/** The part of a machine at work that opens, reads and writes: files, pipes, logs, sessions. */
export abstract class Descriptors {
  readonly tasks = new Map<number, Task>()
  readonly containers: Record<string, ContainerState>
  readonly roots: Record<string, FsNode>
  readonly unions: Record<string, Union>
  readonly pipes: Record<string, string>
  readonly open: Record<string, OpenFile>
  readonly captures: Record<string, string>
  readonly sessions: Record<string, Session>
  readonly docker: Record<string, DockerContainer>
  readonly dockerNetworks: Record<string, DockerNetwork>
  readonly setting: KernelSetting
  lastId: number
  /** Sessions and logs of containers that somebody follows: `run` stops when one of them grows. */
  followed: { readonly sessions: ReadonlySet<string>; readonly logs: ReadonlySet<string> } | undefined
  protected outputSeen = false

  constructor(machine: Machine, setting: KernelSetting) {
    this.setting = setting
    this.lastId = machine.lastId
    this.containers = { ...machine.containers }
    this.roots = { ...machine.roots }
    this.unions = { ...machine.unions }
    this.pipes = { ...machine.pipes }
    this.open = { ...machine.open }
    this.captures = { ...machine.captures }
    this.sessions = { ...machine.sessions }
    this.docker = { ...machine.docker }
    this.dockerNetworks = { ...machine.dockerNetworks }
  }

  /** A file system; those of other pods are the node's to give. */
  tree(fs: string): FsNode | undefined {
    const union = this.unions[fs]
    if (union) return unionTree((name) => this.tree(name), union)
    return this.roots[fs] ?? (fs.startsWith('@') ? this.host?.root(fs) : undefined)
  }

  /** Changes a file system; what is written to a union goes to its upper folder. */
  setTree(fs: string, tree: FsNode, now: number): void {
    const union = this.unions[fs]
    const written = union && writtenThrough((name) => this.tree(name), union, tree, now)
    if (written) this.setTree(written.fs, written.tree, now)
    else if (!union) this.roots[fs] = tree
  }

  /** The node as it is about now, where it can be seen. */
  abstract get host(): HostState | undefined

  /** May a process read from its terminal now? */
  abstract mayReadTerminal(task: Task, session: string): boolean

  /** A write to a file of the node's cgroup tree. */
  abstract writeGroup(task: Task, path: string, text: string): Failure | undefined

  /** The files that a process sees. */
  abstract files(task: Task): FileWorld

  /** Does the descriptor lead to a terminal? */
  isTty(task: Pick<Task, 'fds' | 'container'>, fd: number): boolean {
    const d = task.fds[fd]
    return d?.k === 'session' ? (this.sessions[d.id]?.tty ?? false) : d?.k === 'log' && (this.containers[task.container]?.tty ?? false)
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

  /** Opens a file as a descriptor. */
  openFile(task: Task, path: string, mode: 'r' | 'w' | 'a' | 'rw'): Descriptor | Failure {
    if (isOver(task.limits, 'n', Object.keys(task.fds).length + 1)) return new Failure('EMFILE')
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
      const group = mode !== 'r' && place.mount.type.startsWith('cgroup') && place.mount.space !== undefined ? `${place.mount.space === 'host' ? '' : place.mount.space}/${place.names.join('/')}` : undefined
      this.open[id] = { fs: `pseudo:${id}`, names: [], at: 0, append: false, readOnly: mode === 'r', ...(group === undefined ? {} : { group }) }
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
        if (this.followed?.logs.has(d.of ?? task.container)) this.outputSeen = true
        this.#log(d.of ?? task.container, task.clock, this.containers[d.of ?? task.container]?.tty ? 'stdout' : d.stream, text)
        return undefined
      case 'capture':
        this.captures[d.id] = kept((this.captures[d.id] ?? '') + text)
        return undefined
      case 'session': {
        const session = this.sessions[d.id]!
        if (d.stream === 'in') return new Failure('EBADF')
        if (this.followed?.sessions.has(d.id)) this.outputSeen = true
        // A terminal has one screen for both.
        const stream = session.tty ? 'stdout' : d.stream
        this.sessions[d.id] = { ...session, [stream]: kept(session[stream] + text) }
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
    if (open.group !== undefined) return this.writeGroup(task, open.group, text)
    const root = this.tree(open.fs)
    const node = root && lookUp(root, open.names)
    if (node?.t !== 'f') return undefined
    const at = open.append ? node.data.length : Math.min(open.at, node.data.length)
    const data = node.data.slice(0, at) + text + node.data.slice(at + text.length)
    if (data.length > CAPTURE_LIMIT) return new Failure('EFBIG')
    if (isOver(task.limits, 'f', data.length)) {
      task.signals = [...task.signals, 'XFSZ']
      return new Failure('EFBIG')
    }
    const limit = this.setting.limits[open.fs]
    if (limit !== undefined && data.length > limit) return new Failure('ENOSPC')
    this.setTree(open.fs, withFile(root!, open.names, { ...node, data, mtime: task.clock }, task.clock), task.clock)
    this.open[id] = { ...open, at: at + text.length }
    return undefined
  }

  /** Writes zeros: behind the end of a file as many as there is room for, elsewhere as a text of bounded length. */
  writeZeros(task: Task, fd: number, bytes: number): Failure | undefined {
    const d = task.fds[fd]
    const open = d?.k === 'file' ? this.open[d.id] : undefined
    const root = open && this.tree(open.fs)
    const node = root && lookUp(root, open!.names)
    if (!open || node?.t !== 'f' || open.at < node.data.length) return this.write(task, fd, '\0'.repeat(Math.min(bytes, CAPTURE_LIMIT)))
    const limit = this.setting.limits[open.fs]
    const room = limit === undefined ? bytes : Math.max(0, Math.min(bytes, limit - treeSize(root!)))
    this.setTree(open.fs, withFile(root!, open.names, { ...node, zeros: (node.zeros ?? 0) + room, mtime: task.clock }, task.clock), task.clock)
    return room < bytes ? new Failure('ENOSPC') : undefined
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
        if (session.tty && task.group !== 0 && !this.mayReadTerminal(task, d.id)) return null
        if (session.stdin === '') return session.closed ? undefined : null
        const { taken, left } = takenFrom(session.stdin, most, session.tty ?? false)
        this.sessions[d.id] = { ...session, stdin: left }
        return taken === '' ? undefined : taken
      }
      case 'file': {
        const open = this.open[d.id]
        const root = open && this.tree(open.fs)
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

  /** Is there more in a file than was read of it? A file that became shorter is read from its beginning again. */
  hasGrown(task: Task, fd: number): boolean {
    const d = task.fds[fd]
    const open = d?.k === 'file' ? this.open[d.id] : undefined
    const node = open && lookUp(this.tree(open.fs) ?? NOTHING, open.names)
    if (!open || d?.k !== 'file' || node?.t !== 'f') return false
    if (node.data.length < open.at && !node.zeros) this.open[d.id] = { ...open, at: 0 }
    return node.data.length > this.open[d.id]!.at
  }

  /** Goes to the end of an open file. */
  toEnd(task: Task, fd: number): void {
    const d = task.fds[fd]
    const open = d?.k === 'file' ? this.open[d.id] : undefined
    const node = open && lookUp(this.tree(open.fs) ?? NOTHING, open.names)
    if (open && d?.k === 'file' && node?.t === 'f') this.open[d.id] = { ...open, at: contentOf(node).length }
  }

  /** Makes a file of zeros; gives back how many bytes found room, or what is wrong. */
  fill(task: Task, path: string, bytes: number): number | string {
    const world = this.files(task)
    const place = openForWriting(world, path, false)
    if (failed(place)) return place.text
    if (place.node?.t !== 'f') return bytes
    const root = this.tree(place.mount.fs)!
    const node = lookUp(root, place.names)
    if (node?.t !== 'f') return bytes
    const limit = this.setting.limits[place.mount.fs]
    const room = limit === undefined ? bytes : Math.max(0, Math.min(bytes, limit - treeSize(root)))
    if (isOver(task.limits, 'f', bytes)) {
      task.signals = [...task.signals, 'XFSZ']
      return new Failure('EFBIG').text
    }
    this.setTree(place.mount.fs, withFile(root, place.names, { ...node, zeros: room, mtime: task.clock }, task.clock), task.clock)
    return room
  }

  /** What a container's terminal writes by itself into its log. */
  logOf(name: string, at: Micros, text: string): void {
    this.#log(name, at, 'stdout', text)
  }

  #log(name: string, at: Micros, stream: 'stdout' | 'stderr', text: string): void {
    const container = this.containers[name]
    if (!container) return
    const before = container.log
    const chunk: LogChunk = { at, stream, text, before, count: (before?.count ?? 0) + 1 }
    this.containers[name] = { ...container, log: chunk.count % LOG_KEPT === 0 ? trimmed(chunk) : chunk }
  }
}

const allowedToRead = (world: FileWorld, node: FsNode): boolean => world.user.uid === 0 || ((node.mode >> (node.uid === world.user.uid ? 6 : node.gid === world.user.gid || world.user.groups.includes(node.gid) ? 3 : 0)) & 4) !== 0

/** The newest half of a long log. */
function trimmed(chunk: LogChunk): LogChunk {
  const kept: LogChunk[] = []
  for (let c: LogChunk | null = chunk; c && kept.length < LOG_KEPT / 2; c = c.before) kept.push(c)
  let result: LogChunk | null = null
  for (let i = kept.length - 1; i >= 0; i--) result = { ...kept[i]!, before: result }
  return result!
}
