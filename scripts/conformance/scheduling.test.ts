import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { runScheduling } from './scheduling.ts'

const folder = recordings()

test.skipIf(!folder)('every recorded cluster is decided as kube-scheduler decided it (skipped where the recordings are not at hand)', async () => {
  const { equal, total, failures } = await runScheduling({ dir: join(folder!, 'scheduling'), failures: 3 })
  expect(failures).toEqual([])
  expect(total).toBeGreaterThan(300)
  expect(equal).toBe(total)
})
