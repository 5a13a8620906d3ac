import type { LoadView } from '../../../workers/protocol-anatomy.ts'
import type { Pod } from '../../api/pod.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { amountAt, nextAbove, type Curve } from '../../node/kubelet/load.ts'
import type { PodRow } from '../../node/kubelet/state.ts'
import type { KubeletWorld } from '../../node/kubelet/world.ts'
import { rowOf } from './pod.ts'
import { runningOf, usageOf } from './usage.ts'

const LOAD = 'orrery.dev/load'
const SAMPLES = 60
const EVERY = seconds(10)

/** The load of a pod's containers: as declared, now, and what will come of it; null where no kubelet runs it. */
export function podLoad(world: KubeletWorld, pod: Pod | undefined, now: Micros): LoadView | null {
  const row = rowOf(world, pod)
  if (!row) return null
  const { annotations } = row.pod.metadata
  const own = row.pod.spec.containers.some(({ name }) => annotations?.[`${LOAD}.${name}`] !== undefined)
  const shared = world.reader.get('configmaps', row.pod.metadata.namespace, 'load') !== undefined
  return {
    source: own ? 'container' : annotations?.[LOAD] !== undefined ? 'pod' : shared ? 'namespace' : 'image',
    containers: row.pod.spec.containers.map(({ name }) => ({ name, declared: annotations?.[`${LOAD}.${name}`] ?? annotations?.[LOAD] ?? '', usage: usageOf(world, row, name, now), ...ahead(world, row, name, now) })),
  }
}

type Ahead = Pick<LoadView['containers'][number], 'oomAt' | 'throttledAt' | 'every' | 'cpuAhead' | 'memoryAhead'>

function ahead(world: KubeletWorld, row: PodRow, name: string, now: Micros): Ahead {
  const running = runningOf(world, row, name, now)
  if (!running) return { oomAt: null, throttledAt: null, every: EVERY, cpuAhead: [], memoryAhead: [] }
  const { load, age, cpuLimit, memoryLimit } = running
  // A load that has not begun stands at its first value until then.
  const begins = Math.max(0, (load.since ?? 0) - now)
  const crossing = (curve: Curve, limit: number | undefined): Micros | null => {
    const at = limit === undefined ? undefined : nextAbove(curve, limit, age)
    return at === undefined ? null : at === age && begins > 0 ? now : now + begins + at - age
  }
  const samples = (curve: Curve): readonly number[] => Array.from({ length: SAMPLES }, (_, i) => amountAt(curve, age + Math.max(0, i * EVERY - begins)))
  return { oomAt: crossing(load.memory, memoryLimit), throttledAt: crossing(load.cpu, cpuLimit), every: EVERY, cpuAhead: samples(load.cpu), memoryAhead: samples(load.memory) }
}
