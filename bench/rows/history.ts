import { minutes } from '../../src/sim/engine/time.ts'
import { wallMs, type Row } from '../row.ts'
import { bootedCluster, isRolledOut, rollOut, runUntil, setImage } from '../workload.ts'

const POINTS = 40

/** Mean over the steps of a rolling update, walked back one by one. */
function stepBack(): number {
  const cluster = bootedCluster(10)
  rollOut(cluster, 'web', 100)
  setImage(cluster, 'web', 'nginx:1.29')
  runUntil(cluster, () => isRolledOut(cluster, 'web', 100))
  const { timeline } = cluster
  const steps = Math.min(timeline.index, 5000)
  return wallMs(() => {
    for (let i = 0; i < steps; i++) timeline.back()
  }) / steps
}

/** The slowest of many jumps across an hour in which 200 pods are rolled over every five minutes. */
function anyPoint(): number {
  const cluster = bootedCluster(10)
  const from = cluster.timeline.clock
  rollOut(cluster, 'web', 200)
  for (let round = 0; round < 12; round++) {
    setImage(cluster, 'web', round % 2 ? 'nginx:1.27' : 'nginx:1.29')
    cluster.runFor(minutes(5))
  }
  const { timeline } = cluster
  const span = timeline.clock - from
  let slowest = 0
  // Golden ratio steps: far apart, forwards and backwards, and the same on every run.
  for (let i = 1; i <= POINTS; i++) slowest = Math.max(slowest, wallMs(() => timeline.seekTime(from + Math.floor(span * ((i * 0.618_033_988_75) % 1)))))
  return slowest
}

export const historyRows: readonly Row[] = [
  { name: 'step back one event', unit: 'ms', goal: 1, better: 'lower', reference: 'none has it', measure: stepBack },
  { name: 'any point of a one-hour session with 200 pods', unit: 'ms', goal: 100, better: 'lower', reference: 'none has it', measure: anyPoint },
]
