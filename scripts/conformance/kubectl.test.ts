import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { kubectlStories } from './kubectl.ts'

const folder = recordings()
/** A floor: real answers are reached in this share of the steps, and no change may lose more than a few. */
const FLOOR = 0.95

test.skipIf(!folder)('recorded kubectl sessions read as kubectl printed them (skipped where the recordings are not at hand)', async () => {
  const { equal, total, failures } = await kubectlStories({ dir: join(folder!, 'kubectl'), only: /^(alice|apply-01|apply-03|auth|completion|config|create|edit|expose|global|rollout|scale)/, failures: 3 })
  expect(total).toBeGreaterThan(500)
  expect(equal / total, failures.join('\n')).toBeGreaterThan(FLOOR)
}, 60_000)
