import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { formatTime, minutes, seconds } from '../../engine/time.ts'
import { nextRecord, remaining } from './backoff.ts'

const ended = (at: number): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', creationTimestamp: formatTime(0) }, spec: { containers: [] },
  status: { containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 1, finishedAt: formatTime(at) } } }] },
} as unknown as Pod)

test('the wait doubles with each failure from 10 s up to 10 min', () => {
  const waits = [1, 2, 3, 4, 7, 20].map((failures) => remaining({ failures, lastFailure: 0 }, 0))
  expect(waits).toEqual([seconds(10), seconds(20), seconds(40), seconds(80), minutes(10), minutes(10)])
  expect(remaining({ failures: 2, lastFailure: 0 }, seconds(15))).toBe(seconds(5))
  expect(remaining({ failures: 0 }, 0)).toBe(0)
})

test('a success forgives the failures before it', () => {
  expect(nextRecord({ failures: 3, lastFailure: seconds(1) }, [], [ended(seconds(9))])).toEqual({ failures: 4, lastFailure: seconds(9) })
  expect(nextRecord({ failures: 3, lastFailure: seconds(1) }, [ended(seconds(9))], [])).toEqual({ failures: 0 })
  expect(nextRecord(undefined, [ended(seconds(9))], [ended(seconds(8)), ended(seconds(10))])).toEqual({ failures: 1, lastFailure: seconds(10) })
})
