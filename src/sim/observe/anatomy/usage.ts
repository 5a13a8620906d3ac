import type { UsageView } from '../../../workers/protocol-anatomy.ts'
import type { Container } from '../../api/container.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { Micros } from '../../engine/time.ts'
import { heldCpu } from '../../node/kubelet/cpu-limit.ts'
import { amountAt, loadAge, type Load } from '../../node/kubelet/load.ts'
import type { PodRow } from '../../node/kubelet/state.ts'
import { heldDown } from './curves.ts'
import { loadIn } from '../../node/kubelet/usage.ts'
import { containerNamed, type KubeletWorld } from '../../node/kubelet/world.ts'

/** The period in which the kernel gives a container its share, µs (kubelet: cpuCFSQuotaPeriod). */
export const PERIOD = 100_000

/** A running container with its load and how old that is. */
export interface Running {
  readonly container: Container
  readonly load: Load
  readonly age: Micros
  readonly cpuLimit: number | undefined
  readonly memoryLimit: number | undefined
}

export function runningOf(world: KubeletWorld, row: PodRow, name: string, now: Micros): Running | undefined {
  const container = containerNamed(row.pod, name)
  const run = row.containers[name]?.run
  if (!container || run?.state !== 'running' || run.startedAt === undefined || run.startedAt > now) return undefined
  const load = loadIn(world, row, container)
  const limits = container.resources?.limits ?? {}
  return {
    container, load, age: loadAge(load, run.startedAt, now),
    cpuLimit: heldCpu(world, container),
    memoryLimit: limits['memory'] === undefined ? undefined : value(limits['memory']),
  }
}

/** What a container uses now and has used since its load began (cgroup v2: cpu.stat, memory.current, memory.events); null while it does not run. */
export function usageOf(world: KubeletWorld, row: PodRow, name: string, now: Micros): UsageView | null {
  const running = runningOf(world, row, name, now)
  if (!running) return null
  const { container, load, age, cpuLimit, memoryLimit } = running
  const { requests, limits } = container.resources ?? {}
  const wanted = amountAt(load.cpu, age)
  const sum = heldDown(load.cpu, cpuLimit, age)
  return {
    cpu: cpuLimit === undefined ? wanted : Math.min(wanted, cpuLimit), cpuWanted: wanted, cpuLimit: cpuLimit ?? null,
    cpuRequest: milliValue(requests?.['cpu'] ?? limits?.['cpu']),
    memory: Math.max(amountAt(load.memory, age), heldBy(row, name)), memoryLimit: memoryLimit ?? null,
    memoryRequest: value(requests?.['memory'] ?? limits?.['memory']),
    cpuSeconds: sum.used / 1e9, periods: cpuLimit === undefined ? 0 : Math.floor(age / PERIOD), throttledPeriods: cpuLimit === undefined ? 0 : Math.floor(sum.held / PERIOD),
    throttledSeconds: sum.lost / 1e9, oomKills: row.machine?.containers[name]?.oomKilled ? 1 : 0,
  }
}

/** Bytes that the container's processes have asked the kernel for themselves. */
const heldBy = (row: PodRow, name: string): number => (row.machine?.processes ?? []).reduce((sum, p) => (p.container === name && p.exit === undefined ? sum + p.memory : sum), 0)
