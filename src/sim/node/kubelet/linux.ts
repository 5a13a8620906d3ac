import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { ofForeign } from '../linux/host.ts'
import { Kernel, type Ran } from '../linux/kernel.ts'
import type { KernelSetting } from '../linux/setting.ts'
import { diskOf } from '../../client/storage/disks.ts'
import type { LogChunk, Machine } from '../linux/machine.ts'
import { guestOf } from './runtime-handler.ts'
import { withTokens } from './tokens.ts'
import { memoryVolumeSize } from './allocatable.ts'
import { nodeRoot } from './volumes.ts'
import type { PodRow } from './state.ts'
import { hasNews } from './news.ts'
import { rowKey, type KubeletWorld } from './world.ts'

/** How far ahead a machine is looked at, and how much it may do meanwhile. */
const HORIZON = seconds(300)
const LONGEST_HORIZON = seconds(3600)
const BUDGET = 6_000
/** The kernel of every node. */
export const NODE_RELEASE = '6.12.0'

/** What has gone on for long is looked at less often: it will hardly be deleted before the next look. */
function horizonOf(row: PodRow, now: Micros): Micros {
  let youngest = 0
  for (const { run } of Object.values(row.containers)) youngest = Math.max(youngest, run?.startedAt ?? now)
  return Math.min(Math.max(HORIZON, now - youngest), LONGEST_HORIZON)
}

/** What the node tells the kernel of one pod. */
export function settingOf(world: KubeletWorld, row: PodRow): KernelSetting {
  const node = world.node(row)
  const limits: Record<string, number> = { shm: 64 << 20 }
  for (const v of row.pod.spec.volumes ?? []) if (v.emptyDir?.medium === 'Memory') limits[`volume:${v.name}`] = memoryVolumeSize(world, row, v.emptyDir.sizeLimit)
  for (const { fs, bytes } of Object.values(world.mounts?.get(rowKey(row.node, row.pod))?.volumes ?? {})) if (bytes > 0) limits[fs] = bytes
  const base = row.sandbox.inode
  const own = (n: number): number => base + n
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = row.pod.spec
  const namespaces: Record<string, number> = {
    cgroup: 4_026_531_835, time: 4_026_531_834, user: row.sandbox.idBase === undefined ? 4_026_531_837 : own(23), 'pod/net': hostNetwork ? 4_026_531_840 : own(0), 'pod/uts': hostNetwork ? 4_026_531_838 : own(1), 'pod/ipc': hostIPC ? 4_026_531_839 : own(2), link: (base % 900) + 5,
    ...(hostPID ? { 'pod/pid': 4_026_531_836 } : shareProcessNamespace ? { 'pod/pid': own(3) } : {}), 'pause/mnt': own(4), 'pause/pid': hostPID ? 4_026_531_836 : own(3),
  }
  // Under cgroup v2 the runtime gives every container a cgroup namespace of its own, under v1 none.
  const isV2 = world.cgroups === 'v2'
  if (isV2) namespaces['pause/cgroup'] = own(5)
  const [first, each] = isV2 ? [6, 3] : [5, 2]
  Object.keys(row.machine?.containers ?? {}).forEach((name, i) => {
    namespaces[`${name}/mnt`] = own(first + each * i)
    if (!hostPID && !shareProcessNamespace) namespaces[`${name}/pid`] = own(first + 1 + each * i)
    if (isV2) namespaces[`${name}/cgroup`] = own(first + 2 + each * i)
  })
  const sysctls = Object.fromEntries((row.pod.spec.securityContext?.sysctls ?? []).map((s) => [s.name.replaceAll('.', '/'), `${s.name === 'net.ipv4.ip_local_port_range' ? s.value.replace(/\s+/, '\t') : s.value}\n`]))
  return { nodeName: row.node, cgroups: world.cgroups, cpus: Math.ceil(node.milliCpu / 1000), memory: node.memory, release: guestOf(world, row.pod)?.release ?? NODE_RELEASE, limits, bootedAt: node.bootedAt, namespaces, sysctls, ...(row.sandbox.idBase === undefined ? {} : { idBase: row.sandbox.idBase }), usage: (container, at) => world.usageOf(row, container, at), ...(seesNode(row) ? { host: (at) => world.hostView(row.node, at, row) } : {}) }
}

/** Pods that share the node's processes or see its files. */
const seesNode = ({ pod: { spec } }: PodRow): boolean => (spec.hostPID ?? false) || (spec.hostNetwork ?? false) || (spec.volumes?.some((v) => v.hostPath) ?? false)

interface Ahead {
  readonly at: Micros
  readonly machine: Machine
  readonly ran: Ran
}
const memo = new WeakMap<Machine, Ahead>()

/** The shared file systems as they are now laid under a machine. */
function withDisks(world: KubeletWorld, row: PodRow, machine: Machine): Machine {
  let roots: Record<string, (typeof machine.roots)[string]> | undefined
  const lay = (fs: string, key: string): void => {
    const tree = fs === 'host' ? nodeRoot(world, row.node) : world.disks.get(key)
    if (tree && machine.roots[fs] !== tree) (roots ??= { ...machine.roots })[fs] = tree
  }
  for (const c of Object.values(machine.containers)) for (const m of c.mounts) if (m.fs === 'host') lay('host', `host/${row.node}`)
    else if (m.fs.startsWith('disk/')) lay(m.fs, m.fs)
  return roots ? { ...machine, roots } : machine
}

/** Others see what was written to a disk or the host within this time. */
const SHARED_LAG = seconds(1)

/** Will the processes write to file systems that are not the pod's alone? */
const writesShared = (before: Machine, { roots }: Kernel): boolean =>
  Object.keys(roots).some((fs) => (fs === 'host' || fs.startsWith('disk/') || fs.startsWith('@')) && roots[fs] !== before.roots[fs])

/** What processes have written to shared file systems becomes everybody's. */
function storeDisks(world: KubeletWorld, row: PodRow, before: Machine, after: Machine): void {
  for (const fs of Object.keys(after.roots)) {
    if (after.roots[fs] === before.roots[fs]) continue
    if (fs === 'host') world.disks.set(`host/${row.node}`, after.roots[fs]!)
    else if (fs.startsWith('disk/') && world.reaches(diskOf(fs) ?? '', row.node)) world.disks.set(fs, after.roots[fs]!)
  }
}

/** The pod's machine as it is now; computed when it is looked at. */
export function machineNow(world: KubeletWorld, row: PodRow, now: Micros): Machine | undefined {
  if (!row.machine) return undefined
  const known = memo.get(row.machine)
  if (known?.at === now) return known.machine
  const laid = withDisks(world, row, row.machine)
  const kernel = new Kernel(withTokens(world, row, laid, now), settingOf(world, row))
  const ran = kernel.run(now, BUDGET)
  const machine = kernel.freeze()
  memo.set(row.machine, { at: now, machine, ran })
  return machine
}

/** Brings the machine to now as part of an event: what it wrote to shared disks is stored. */
export function advanced(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (!row.machine) return row
  const machine = withoutForeign(world, ctx, machineNow(world, row, ctx.now)!)
  storeDisks(world, row, withDisks(world, row, row.machine), machine)
  return machine === row.machine ? row : { ...row, machine }
}

/** What somebody of the node has written in another pod's file systems goes there. */
function withoutForeign(world: KubeletWorld, ctx: EventContext, machine: Machine): Machine {
  const written = Object.keys(machine.roots).filter((fs) => fs.startsWith('@'))
  if (written.length === 0) return machine
  for (const fs of written) {
    const [key, inner] = ofForeign(fs)
    const other = world.pods.get(key)
    if (!other?.machine) continue
    const now = advanced(world, ctx, other)
    lookAhead(world, ctx, { ...now, machine: { ...now.machine!, roots: { ...now.machine!.roots, [inner]: machine.roots[fs]! } } })
  }
  return { ...machine, roots: Object.fromEntries(Object.entries(machine.roots).filter(([fs]) => !fs.startsWith('@'))) }
}

/**
 * Schedules the next look at the machine: when its next container or command ends, when it asks the world something, or when the
 * horizon of what has been computed is reached. A machine in which nothing can happen by itself needs none.
 */
export function lookAhead(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.look) ctx.cancel(row.look)
  const { look: _old, ...rest } = row
  if (!row.machine) return world.put(rest)
  const laid = withDisks(world, row, row.machine)
  const kernel = new Kernel(laid, settingOf(world, row))
  kernel.stopAtEnds = true
  if (row.streams) return lookSoon(world, ctx, rest, laid, kernel)
  // In growing windows: the look is at the end of the last one in which nothing was written that concerns others.
  const far = horizonOf(row, ctx.now)
  let window = SHARED_LAG
  let quiet = 0
  let ran = kernel.run(ctx.now + window, BUDGET)
  while (ran.because === 'time' && window < far && !writesShared(laid, kernel)) {
    quiet = window
    window = Math.min(window * 4, far)
    ran = kernel.run(ctx.now + window, BUDGET - kernel.steps)
  }
  if (writesShared(laid, kernel)) {
    const soon = Math.max(1, Math.min(kernel.now - ctx.now, SHARED_LAG), quiet)
    return world.put({ ...rest, look: world.later(ctx, row, soon, 'look') })
  }
  const full = nextExcess(world, ctx, rest, laid, far)
  if (full !== undefined) return world.put({ ...rest, look: world.later(ctx, row, Math.max(1, full - ctx.now), 'look') })
  if (ran.because === 'idle') return world.put(rest)
  const horizon = ctx.now + far
  const isLater = ran.because === 'time' && (ran.next ?? 0) > horizon + HORIZON
  const at = isLater ? ran.next! : ran.because === 'time' ? horizon : Math.max(kernel.now, ctx.now + 1)
  if (!isLater) memo.set(row.machine, { at, machine: { ...kernel.freeze(), now: at }, ran })
  const look = world.later(ctx, row, at - ctx.now, 'look')
  return world.put({ ...rest, look })
}

/** How exactly it is told when a volume runs over: the eviction manager looks no more often. */
const EXCESS_STEP = seconds(10)

/** When the pod will have written more than it may, by the horizon `far`; nothing where it has no limit or is above it already. */
function nextExcess(world: KubeletWorld, ctx: EventContext, row: PodRow, laid: Machine, far: Micros): Micros | undefined {
  if (!hasStorageLimit(row.pod) || row.life !== 'sync' || world.excessOf(row, ctx.now) !== undefined) return undefined
  const kernel = new Kernel(laid, settingOf(world, row))
  const end = ctx.now + far
  for (let at = ctx.now + 1; ; at = Math.min(at + EXCESS_STEP, end)) {
    const { because } = kernel.run(at, BUDGET - kernel.steps)
    if (world.excessOf({ ...row, machine: kernel.freeze() }, at) !== undefined) return Math.min(kernel.now, at)
    if (because !== 'time' || at === end) return undefined
  }
}

const limited = new WeakMap<PodSpec, boolean>()

/** Does anything limit what the pod writes to the node's disk? */
function hasStorageLimit({ spec }: Pod): boolean {
  let known = limited.get(spec)
  if (known === undefined) limited.set(spec, (known = (spec.volumes ?? []).some((v) => v.emptyDir?.sizeLimit !== undefined) || [...spec.containers, ...(spec.initContainers ?? [])].some((c) => c.resources?.limits?.['ephemeral-storage'] !== undefined)))
  return known
}

/** How long output is gathered before it is sent, and how far is looked while somebody follows. */
const GATHERED = ms(2)
const FOLLOWED = seconds(60)

/** As `lookAhead`, while somebody follows what is written: the look is where there is something to tell. */
function lookSoon(world: KubeletWorld, ctx: EventContext, row: PodRow, laid: Machine, kernel: Kernel): PodRow {
  const streams = Object.values(row.streams!)
  if (streams.length === 0) {
    const { streams: _none, ...rest } = row
    return lookAhead(world, ctx, rest)
  }
  const before = row.machine!
  kernel.followed = { sessions: new Set(streams.filter((s) => !s.own).map((s) => s.session)), logs: new Set(streams.filter((s) => s.own).map((s) => s.container)) }
  let window = SHARED_LAG
  let ran: Ran = hasNews(row, before) ? { because: 'output' } : kernel.run(ctx.now + window, BUDGET)
  while (ran.because === 'time' && window < FOLLOWED && !writesShared(laid, kernel)) ran = kernel.run(ctx.now + (window *= 4), BUDGET)
  if (ran.because === 'output') {
    kernel.followed = undefined
    ran = kernel.run(Math.max(kernel.now, ctx.now) + GATHERED, BUDGET)
  } else if (ran.because === 'idle') return world.put(row)
  const at = Math.max(kernel.now, ctx.now + 1)
  memo.set(before, { at, machine: { ...kernel.freeze(), now: at }, ran })
  return world.put({ ...row, look: world.later(ctx, row, at - ctx.now, 'look') })
}

export interface LogLine {
  readonly at: Micros
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** Lines of a log, oldest first. A last one without its end counts too, unless the container `goesOn` (containerd waits for its end). */
export function logLines(log: LogChunk | null, goesOn = false): readonly LogLine[] {
  const chunks: LogChunk[] = []
  for (let c = log; c; c = c.before) chunks.push(c)
  const lines: LogLine[] = []
  const open: Partial<Record<'stdout' | 'stderr', { at: Micros; text: string }>> = {}
  for (const { at, stream, text } of chunks.reverse()) {
    let piece = open[stream] ?? { at, text: '' }
    for (const [i, part] of text.split('\n').entries()) {
      if (i > 0) {
        lines.push({ at: piece.at, stream, text: piece.text })
        piece = { at, text: '' }
      }
      piece.text += part
    }
    open[stream] = piece
  }
  if (!goesOn) for (const stream of ['stdout', 'stderr'] as const) if (open[stream]?.text) lines.push({ at: open[stream].at, stream, text: open[stream].text })
  return lines
}

/** A new id of the runtime: 64 hexadecimal digits. */
export function hexId(ctx: EventContext): string {
  let id = ''
  for (let i = 0; i < 8; i++) id += ctx.random.below(0x1_0000_0000).toString(16).padStart(8, '0')
  return id
}
