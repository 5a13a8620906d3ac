import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { runVolumes } from './volumes.ts'

const folder = recordings()
/** Of 104; the rest are races of the recorded cluster and one trace of an earlier run. */
const FLOOR = 99

test.skipIf(!folder)('recorded claims, volumes and attachments behave as in a real cluster (skipped where the recordings are not at hand)', async () => {
  const { equal, total, failures } = await runVolumes({ dir: join(folder!, 'volumes'), failures: 6 })
  expect(total).toBeGreaterThan(100)
  expect(equal, failures.join('\n')).toBeGreaterThanOrEqual(FLOOR)
}, 60_000)
