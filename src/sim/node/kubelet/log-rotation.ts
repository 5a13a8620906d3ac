import type { EventContext } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { CONTAINER_LOG_MAX_FILES, CONTAINER_LOG_MAX_SIZE } from '../../flags/kubelet.ts'
import type { LogChunk } from '../linux/machine.ts'
import { clockText } from '../linux/tools/clock.ts'
import { logLines, machineNow, type LogLine } from './linux.ts'
import type { PodRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** The kubelet looks at the sizes of logs this often (containerLogMonitorInterval). */
const LOOKS_EVERY: Micros = seconds(10)

/** A line of a log file: "2026-01-01T00:00:09.123456Z stdout F text". */
export const criLine = ({ at, stream, text }: LogLine): string => `${clockText(at, '%Y-%m-%dT%H:%M:%S.%NZ')} ${stream} F ${text}\n`

/** Logs of so many bytes no container of the model keeps, so the default never acts and costs nothing. */
const isOn = (world: KubeletWorld): boolean => {
  const most = world.flags.get(CONTAINER_LOG_MAX_SIZE)
  return most >= 0 && most < CONTAINER_LOG_MAX_SIZE.initial
}

/** When the files of a container's log were put aside: the ones that are still there, oldest first. */
export function rotationsOf(row: PodRow, container: string, id: string): readonly Micros[] {
  const known = row.rotations?.[container]
  return known?.id === id ? known.at : []
}

/** What a container has written since its log was put aside last. */
export function currentLines(row: PodRow | undefined, container: string, id: string, log: LogChunk | null, goesOn = false): readonly LogLine[] {
  const last = row && rotationsOf(row, container, id).at(-1)
  const lines = logLines(log, goesOn)
  return last === undefined ? lines : lines.filter(({ at }) => at > last)
}

/** The next look at a node's logs is planned, where they can become too large. */
export function armRotation(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.up || !node.kubelet || node.rotates || !isOn(world)) return
  world.nodes.set(name, { ...node, rotates: true })
  ctx.schedule(LOOKS_EVERY - ((((ctx.now - node.phase) % LOOKS_EVERY) + LOOKS_EVERY) % LOOKS_EVERY), actorOf(name), 'rotate-logs', null)
}

/** Logs that have become too large are put aside, and the oldest of those deleted (pkg/kubelet/logs, container_log_manager.go: rotateLogs). */
export function rotateLogs(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.rotates) return
  const { rotates: _due, ...rest } = node
  world.nodes.set(name, rest)
  if (!node.up || !node.kubelet) return
  if (isOn(world) && node.runtimeDown === undefined) for (const key of [...world.byNode.keys(name)]) rotatePod(world, ctx, world.pods.get(key)!)
  armRotation(world, ctx, name)
}

function rotatePod(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  const most = world.flags.get(CONTAINER_LOG_MAX_SIZE)
  const kept = world.flags.get(CONTAINER_LOG_MAX_FILES) - 1
  const machine = machineNow(world, row, ctx.now)
  let rotations = row.rotations
  for (const [container, { run }] of Object.entries(row.containers)) {
    if (run?.state !== 'running') continue
    const lines = currentLines(row, container, run.id, machine?.containers[container]?.log ?? null, true).filter(({ at }) => at <= ctx.now)
    const size = lines.reduce((sum, line) => sum + criLine(line).length, 0)
    if (size < most || lines.length === 0) continue
    rotations = { ...rotations, [container]: { id: run.id, at: [...rotationsOf(row, container, run.id), ctx.now].slice(-kept) } }
    ctx.note('kubelet.rotatesLog', { pod: row.pod.metadata.name, node: row.node, container, bytes: size })
  }
  if (rotations !== row.rotations) world.put({ ...row, ...(rotations ? { rotations } : {}) })
}

/** The files of a log by name, with their lines: the present one, and those that were put aside by the time of it (all but the latest compressed). */
export function logFiles(log: LogChunk | null, attempt: number, rotations: readonly Micros[]): readonly { readonly name: string; readonly lines: readonly LogLine[]; readonly at: Micros | undefined }[] {
  const lines = logLines(log)
  const asides = rotations.map((at, i) => {
    const from = i > 0 ? rotations[i - 1]! : undefined
    const isLatest = i === rotations.length - 1
    return { name: `${attempt}.log.${clockText(at, '%Y%m%d-%H%M%S')}${isLatest ? '' : '.gz'}`, lines: lines.filter((l) => l.at <= at && (from === undefined || l.at > from)), at }
  })
  const last = rotations.at(-1)
  return [{ name: `${attempt}.log`, lines: last === undefined ? lines : lines.filter((l) => l.at > last), at: undefined }, ...asides]
}
