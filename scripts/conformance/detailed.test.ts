import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import { minutes } from '../../src/sim/engine/time.ts'
import { parseTests, yamlDocuments } from '../../src/sim/testing/chainsaw/parse.ts'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { runRecorded } from '../chainsaw/recorded-run.ts'
import { scenarioNames } from './scenarios.ts'

const folder = recordings()

/** What only the fake kubelets of the recordings do: their labels, programs that end by themselves, nodes that somebody writes down. */
const CONTRACT = /never-ready|crash: |no-exit|ready-after|run-for|exit-code|fail-indexes|stop-after|kubelet[=:]|restartPolicy: (?:Never|OnFailure)|kind: (?:Job|CronJob|Node)\b|create job/
/** Images that no registry has. */
const MADE_UP = /pause:(?!3\.(?:9|10)\b(?!\.))/

test.skipIf(!folder)('the detailed kubelet passes every scenario that does not depend on the fake one (skipped where the recordings are not at hand)', async () => {
  const dir = join(folder!, 'scenarios')
  const failed: string[] = []
  let played = 0
  for (const name of scenarioNames(dir)) {
    const read = (file: string): string => readFileSync(join(dir, name, file), 'utf8')
    const [text, nodes] = [read('chainsaw-test.yaml'), read('nodes.yaml')]
    if (CONTRACT.test(text) || MADE_UP.test(text) || /kubelet:/.test(nodes)) continue
    const [scenario] = parseTests(text, name)
    const { result } = await runRecorded(scenario!, { nodes: yamlDocuments(nodes, name) as unknown as readonly KubeObject[], kubelet: 'detailed', seed: 1, scenario: name, timeouts: { exec: minutes(5), assert: minutes(3), error: minutes(1) } })
    played++
    if (!result.passed) failed.push(`${name}: ${result.failure?.operation}: ${result.failure?.message}`)
  }
  expect(failed).toEqual([])
  expect(played).toBeGreaterThan(50)
}, 300_000)
