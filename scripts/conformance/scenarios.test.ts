import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { scenarios } from './scenarios.ts'

const folder = recordings()

test.skipIf(!folder)('deployments, ReplicaSets and services do what a real cluster did (skipped where the recordings are not at hand)', async () => {
  const report = await scenarios({ dir: join(folder!, 'scenarios'), only: /^(deployment|replicaset|service)\//, failures: 5 })
  expect(report.total).toBeGreaterThan(4000)
  expect(report.equal / report.total, report.failures.join('\n')).toBeGreaterThan(0.9)
}, 120_000)
