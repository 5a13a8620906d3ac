import type { Micros } from '../../engine/time.ts'
import { loadAge, type Curve } from './load.ts'
import type { PodRow } from './state.ts'
import { heldCpu } from './cpu-limit.ts'
import { loadIn } from './usage.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** Processor time that a container has had since it started, and how its quota held it back (cgroup v2: cpu.stat). */
export interface Spent {
  /** µs of processor time. */
  readonly usage: Micros
  /** Periods of 100 ms in which it wanted to run, and in which its quota ran out. */
  readonly periods: number
  readonly throttled: number
  /** µs for which its runnable threads waited for the next period. */
  readonly waited: Micros
}

const PERIOD: Micros = 100_000
const NOTHING: Spent = { usage: 0, periods: 0, throttled: 0, waited: 0 }

/** A stretch of time in which a curve goes in a straight line: thousandths of a core at both ends. */
interface Stretch {
  readonly lasts: Micros
  readonly from: number
  readonly to: number
}

function stretchesOf(curve: Curve, age: Micros): readonly Stretch[] {
  switch (curve.kind) {
    case 'constant':
      return [{ lasts: age, from: curve.value, to: curve.value }]
    case 'ramp': {
      const rising = Math.min(age, curve.over)
      const at = curve.from + ((curve.to - curve.from) * rising) / Math.max(curve.over, 1)
      return [{ lasts: rising, from: curve.from, to: at }, { lasts: age - rising, from: curve.to, to: curve.to }]
    }
    case 'spike': {
      const rounds = Math.floor(age / curve.every)
      const left = age - rounds * curve.every
      const low = curve.every - curve.lasts
      const peaks = rounds * curve.lasts + Math.max(0, left - low)
      return [{ lasts: age - peaks, from: curve.base, to: curve.base }, { lasts: peaks, from: curve.peak, to: curve.peak }]
    }
    case 'leak':
      return [{ lasts: age, from: curve.from, to: curve.from + (curve.perSecond * age) / 1_000_000 }]
  }
}

/** What a straight stretch comes to under a limit: the part above it is cut off and waits. */
function spentIn({ lasts, from, to }: Stretch, limit: number): Spent {
  if (lasts <= 0 || Math.max(from, to) <= 0) return NOTHING
  const [low, high] = [Math.min(from, to), Math.max(from, to)]
  const periods = lasts / PERIOD
  if (high <= limit) return { usage: ((low + high) / 2000) * lasts, periods, throttled: 0, waited: 0 }
  const over = low >= limit ? lasts : (lasts * (high - limit)) / (high - low)
  const under = lasts - over
  const wanted = (Math.max(low, limit) + high) / 2
  // As many threads as cores are wanted run until the quota is used up, and then all of them wait.
  const threads = Math.max(1, Math.ceil(wanted / 1000))
  return { usage: ((low + limit) / 2000) * under + (limit / 1000) * over, periods, throttled: over / PERIOD, waited: Math.max(0, threads * over - (limit / 1000) * over) }
}

/** The processor time of a container that runs at `at`, worked out from its load; nothing for one that does not run. */
export function spentBy(world: KubeletWorld, row: PodRow, name: string, at: Micros): Spent {
  const container = containerNamed(row.pod, name)
  const run = row.containers[name]?.run
  if (!container || run?.state !== 'running' || run.startedAt === undefined || run.startedAt > at) return NOTHING
  const load = loadIn(world, row, container)
  const limit = heldCpu(world, container) ?? Infinity
  const sum = { ...NOTHING } as { -readonly [key in keyof Spent]: number }
  for (const stretch of stretchesOf(load.cpu, loadAge(load, run.startedAt, at))) {
    const part = spentIn(stretch, limit)
    for (const key of ['usage', 'periods', 'throttled', 'waited'] as const) sum[key] += part[key]
  }
  return { usage: Math.round(sum.usage), periods: limit === Infinity ? 0 : Math.floor(sum.periods), throttled: limit === Infinity ? 0 : Math.floor(sum.throttled), waited: limit === Infinity ? 0 : Math.round(sum.waited) }
}
