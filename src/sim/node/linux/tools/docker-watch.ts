import { formatMicroTime } from '../../../engine/time.ts'
import type { DockerContainer, LogChunk } from '../machine.ts'
import { hostPid } from '../processes.ts'
import { columns } from './crictl.ts'
import { clockText, dateOf } from './clock.ts'
import { options, type ToolContext } from './context.ts'
import { daemonSays, dockerContainers, needed, statusOf } from './docker-state.ts'
import { duration } from './process-tools.ts'
import { nameOf } from './ps.ts'

const POLL = 500_000
const EVERY = 1_000_000

/** docker logs [-f] [-t] [--tail n] [--since time] */
export function logs(c: ToolContext, args: readonly string[]): number | undefined {
  const { flags, values, rest } = options(args.flatMap((word) => (word === '--follow' ? ['-f'] : word === '--timestamps' ? ['-t'] : /^--tail(=|$)/.test(word) ? (word.includes('=') ? ['-n', word.slice(7)] : ['-n']) : [word])), 'n')
  const d = needed(c, rest[0] ?? '')
  if (typeof d === 'number') return d
  const seen = (c.state['seen'] as number | undefined) ?? 0
  const chunks = newer(c.kernel.containers[d.container]?.log ?? null, seen)
  const since = values.get('since')
  const from = since === undefined ? -Infinity : (duration(since) !== undefined ? c.now - duration(since)! : (dateOf(since, c.now) ?? -Infinity))
  const lines = linesOf(chunks.filter((chunk) => chunk.at >= from))
  const count = values.has('n') && values.get('n') !== 'all' ? Number(values.get('n')) : Infinity
  if (Number.isNaN(count)) return daemonSays(c, `invalid value for tail: ${values.get('n')}`)
  const shown = seen === 0 && count !== Infinity ? lines.slice(Math.max(0, lines.length - count)) : lines
  for (const line of shown) c.kernel.write(c.task, line.stream === 'stdout' ? 1 : 2, `${flags.has('t') ? `${formatMicroTime(line.at)} ` : ''}${line.text}`)
  if (!flags.has('f') || statusOf(c, d).state !== 'running') return 0
  c.keep({ seen: c.kernel.containers[d.container]?.log?.count ?? 0 })
  return c.sleepUntil(c.now + POLL)
}

function newer(log: LogChunk | null, seen: number): readonly LogChunk[] {
  const chunks: LogChunk[] = []
  for (let x = log; x && x.count > seen; x = x.before) chunks.push(x)
  return chunks.reverse()
}

/** Chunks as lines, each with its line break where it had one. */
function linesOf(chunks: readonly LogChunk[]): readonly { readonly at: number; readonly stream: LogChunk['stream']; readonly text: string }[] {
  return chunks.flatMap(({ at, stream, text }) => (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ at, stream, text: line })))
}

const size = (bytes: number): string => (bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toPrecision(4)}GiB` : bytes >= 1024 ** 2 ? `${(bytes / 1024 ** 2).toPrecision(4)}MiB` : bytes >= 1024 ? `${(bytes / 1024).toPrecision(4)}KiB` : `${bytes}B`)

/** docker stats: what containers use, once with --no-stream, else every second until it is interrupted. */
export function stats(c: ToolContext, args: readonly string[]): number | undefined {
  const { flags, rest } = options(args.map((word) => (word === '--all' ? '-a' : word)))
  const wanted: DockerContainer[] = []
  for (const word of rest) {
    const d = needed(c, word)
    if (typeof d === 'number') return d
    wanted.push(d)
  }
  const rows = (rest.length > 0 ? wanted : dockerContainers(c)).filter((d) => flags.has('a') || rest.length > 0 || statusOf(c, d).state === 'running')
  const clear = c.kernel.isTty(c.task, 1) && !flags.has('no-stream') ? '\x1b[2J\x1b[H' : ''
  c.out(clear + columns([['CONTAINER ID', 'NAME', 'CPU %', 'MEM USAGE / LIMIT', 'MEM %', 'NET I/O', 'BLOCK I/O', 'PIDS'], ...rows.map((d) => rowOf(c, d))], 0, 3))
  return flags.has('no-stream') ? 0 : c.sleepUntil(c.now + EVERY)
}

function rowOf(c: ToolContext, d: DockerContainer): readonly string[] {
  const tasks = [...c.kernel.tasks.values()].filter((t) => t.container === d.container && t.exit === undefined)
  const limit = c.kernel.containers[d.container]?.memoryLimit ?? c.kernel.setting.memory
  const memory = tasks.reduce((sum, t) => sum + (t.memory || 1_048_576), 0)
  const busy = tasks.filter((t) => t.wait === null && !t.stopped).length
  return [d.id.slice(0, 12), d.name, `${(busy * 100).toFixed(2)}%`, `${size(memory)} / ${size(limit)}`, `${((100 * memory) / limit).toFixed(2)}%`, '0B / 0B', '0B / 0B', String(tasks.length)]
}

/** docker top: processes by their numbers on the node. */
export function top(c: ToolContext, args: readonly string[]): number {
  const d = needed(c, args[0] ?? '')
  if (typeof d === 'number') return d
  if (statusOf(c, d).state !== 'running') return daemonSays(c, `container ${d.id} is not running`)
  const tasks = [...c.kernel.tasks.values()].filter((t) => t.container === d.container && t.exit === undefined)
  const number = (id: number): string => (id === 0 ? '1' : String(hostPid(c.kernel.machine, id)))
  c.out(columns([['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'], ...tasks.map((t) => [nameOf(t.user.uid), number(t.id), number(t.parent), '0', clockText(t.startedAt, '%H:%M'), t.session === undefined ? '?' : 'pts/0', '00:00:00', t.argv.join(' ')])], 20, 0))
  return 0
}

/** docker wait: until they have ended; prints their exit codes. */
export function wait(c: ToolContext, args: readonly string[]): number | undefined {
  const codes: string[] = []
  for (const word of args) {
    const d = needed(c, word)
    if (typeof d === 'number') return d
    const status = statusOf(c, d)
    if (status.state === 'running') return c.sleepUntil(c.now + POLL)
    codes.push(`${status.code}\n`)
  }
  c.out(codes.join(''))
  return codes.length > 0 ? 0 : 1
}

/** docker pause and unpause: the freezer stops all processes of a container. */
export function freeze(c: ToolContext, args: readonly string[], verb: 'pause' | 'unpause'): number {
  let status = 0
  for (const word of args) {
    const d = needed(c, word)
    if (typeof d === 'number') {
      status = d
      continue
    }
    const tasks = [...c.kernel.tasks.values()].filter((t) => t.container === d.container && t.exit === undefined)
    const paused = tasks.length > 0 && tasks.every((t) => t.stopped === 'FREEZE')
    if (statusOf(c, d).state !== 'running') status = daemonSays(c, `container ${d.id} is not running`)
    else if (paused === (verb === 'pause')) status = daemonSays(c, `container ${d.id} is ${paused ? 'already' : 'not'} paused`)
    else {
      for (const t of tasks) {
        if (verb === 'pause') t.stopped = 'FREEZE'
        else c.kernel.signal(t.id, 'CONT')
      }
      c.out(`${word}\n`)
    }
  }
  return status
}
