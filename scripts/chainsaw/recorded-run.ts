import type { KubeObject } from '../../src/sim/api/meta.ts'
import { createCluster } from '../../src/sim/cluster.ts'
import type { FlagTexts } from '../../src/sim/component-flags.ts'
import { seconds } from '../../src/sim/engine/time.ts'
import type { Test } from '../../src/sim/testing/chainsaw/test.ts'
import { Recorder } from '../../src/sim/testing/recorder/recorder.ts'
import { ClusterHost } from './cluster-host.ts'
import { namespaceOf, runTest, type RunOptions, type TestResult } from './runner.ts'

export interface RecordedRunOptions extends RunOptions {
  /** Worker nodes besides the control plane, or the Node objects instead of any of our own. */
  readonly nodes: number | readonly KubeObject[]
  readonly kubelet: 'detailed' | 'kwok'
  readonly seed: number
  /** Settings of components that differ. */
  readonly flags?: FlagTexts
  /** What the header of the stream says. */
  readonly scenario: string
}

export interface RecordedRun {
  readonly result: TestResult
  /** The stream of changes, in the format of the recorded scenarios. */
  readonly stream: string
  readonly hash: string
}

const BEFORE = seconds(15)
/** How long, at most, to wait for quiet behind a test. */
const QUIET_LIMIT = seconds(600)

/**
 * Runs a test on a fresh cluster without add-ons, writing down all changes until nothing has changed for the test's
 * `orrery.test/settle` seconds (2 without it).
 */
export async function runRecorded(test: Test, options: RecordedRunOptions): Promise<RecordedRun> {
  const cluster = createCluster({ seed: options.seed, nodes: options.nodes, kubelet: options.kubelet, bare: typeof options.nodes !== 'number', flags: options.flags ?? {}, history: { keep: false } })
  cluster.boot()
  // What controllers say of new nodes is said before the test begins.
  cluster.runFor(BEFORE)
  const { timeline, engine } = cluster
  const recorder = new Recorder(engine)
  const startedIntoMinuteMs = Math.round((timeline.clock % 60_000_000) / 1000)
  recorder.start(cluster.list('nodes'))
  const result = await runTest(test, new ClusterHost(cluster), options)
  const quiet = seconds(Number(test.annotations['orrery.test/settle'] ?? 2))
  const limit = timeline.clock + QUIET_LIMIT
  for (let until = timeline.clock + quiet; timeline.clock < limit && timeline.clock < until; until = recorder.lastChange + quiet) timeline.runUntil(until)
  recorder.stop()
  const header = {
    kubernetes: 'v1.36.2', kubelet: options.kubelet, scenario: options.scenario, settings: { simulator: 'orrery', seed: options.seed },
    startedIntoMinuteMs, chainsaw: result.passed ? 'passed' : 'failed',
  }
  return { result, stream: recorder.text(header, namespaceOf(test)), hash: engine.hash() }
}
