import { expect, test } from 'vitest'
import { seconds } from '../engine/time.ts'
import { heartbeatFrom, lastRenewal } from './heartbeats.ts'

test('a heartbeat was last renewed at the latest whole ten seconds after its beginning', () => {
  const beat = heartbeatFrom(seconds(13))
  expect(lastRenewal(beat, seconds(22.9))).toBe(seconds(13) + 1)
  expect(lastRenewal(beat, seconds(23) + 1)).toBe(seconds(23) + 1)
  expect(lastRenewal(beat, seconds(59))).toBe(seconds(53) + 1)
})

test('the first renewal is later than the one that the Lease was written with', () => {
  expect(lastRenewal(heartbeatFrom(seconds(13)), seconds(13))).toBeGreaterThan(seconds(13))
})

test('a heartbeat was never renewed before it began', () => {
  expect(lastRenewal({ since: seconds(15), phase: seconds(3) }, seconds(15.5))).toBe(seconds(15))
})
