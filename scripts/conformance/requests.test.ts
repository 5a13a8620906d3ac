import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { runRequests } from './requests.ts'

const folder = recordings()
/** All small areas, and of the large ones some kinds of different make. */
const SAMPLE = /^(admission|discovery|manifests|patch|rbac|writes)\/|^(mutation|update)\/(configmap|role|ingress|cronjob)\.jsonl/

test.skipIf(!folder)('a sample of the recorded requests is answered as the real server answered (skipped where the recordings are not at hand)', async () => {
  const { equal, total } = await runRequests({ dir: join(folder!, 'requests'), only: SAMPLE, failures: 0 })
  expect(total).toBeGreaterThan(1200)
  expect(equal / total).toBeGreaterThanOrEqual(0.97)
}, 120_000)
