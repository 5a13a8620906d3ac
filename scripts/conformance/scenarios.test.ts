import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { scenarios } from './scenarios.ts'

const folder = recordings()

test.skipIf(!folder)('all control loops do what those of a real cluster did (skipped where the recordings are not at hand)', async () => {
  const report = await scenarios({ dir: join(folder!, 'scenarios'), failures: 5 })
  expect(report.total).toBeGreaterThan(10_000)
  expect(report.equal / report.total, report.failures.join('\n')).toBeGreaterThan(0.97)
  const [precision] = report.extra ?? []
  expect(precision!.equal / precision!.total, report.failures.join('\n')).toBeGreaterThan(0.95)
  // Every area alone, as the report's notes tell it: "99.3 %  job: 16 scenarios, 985 facts".
  const areas = (report.notes ?? []).map((note) => /^ *([\d.]+) %  (\w+): \d+ scenarios/.exec(note)).filter((match) => match !== null)
  expect(areas.length).toBeGreaterThan(10)
  for (const [, percent, area] of areas) expect([area, Number(percent)], report.failures.join('\n')).toEqual([area, expect.toSatisfy((n: number) => n > 85)])
}, 120_000)
