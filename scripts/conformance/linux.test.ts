import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { linux } from './linux.ts'

const base = recordings()

/** One recording of each kind; the whole suite is a command of its own. */
const SOME = /^(crash-1|init-ok|sidecar|live-exec|mount-key|poststart-ok|prestop-fail|pull-missing-tag|termmsg|static)$/
const FLOOR = 0.9

test.skipIf(!base)('pods live on a node as recorded (skipped where the recordings are not at hand)', async () => {
  const { equal, total } = await linux({ dir: join(base!, 'linux'), only: SOME, failures: 0 })
  expect(total).toBeGreaterThan(200)
  expect(equal / total).toBeGreaterThan(FLOOR)
}, 120_000)
