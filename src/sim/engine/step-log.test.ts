import { describe, expect, test } from 'vitest'
import type { Step } from './event.ts'
import { StepLog } from './step-log.ts'

/** A step that holds so many diffs. */
const step = (at: number, diffs: number): Step => ({
  event: { seq: at, at, since: at, actor: 'a', what: 'b', cause: 0, payload: null },
  root: false,
  diffs: new Array<unknown>(4 * diffs).fill(null),
  scheduled: [],
  cancelled: [],
  told: [],
})

describe('the log of steps', () => {
  test('weighs after a truncation what is left, and gives back what it freed', () => {
    const log = new StepLog(4)
    const added = Array.from({ length: 10 }, (_, i) => log.put(i + 1, step(i, i), undefined))
    const sum = (weights: readonly number[]): number => weights.reduce((a, b) => a + b, 0)
    expect(log.truncate(6)).toBe(sum(added.slice(6)))
    expect(log.segments.map(({ weight }) => weight)).toEqual([sum(added.slice(0, 4)), sum(added.slice(4, 6))])
    expect(log.truncate(2)).toBe(sum(added.slice(2, 6)))
    expect(log.segments.map(({ weight }) => weight)).toEqual([sum(added.slice(0, 2))])
  })

  test('finds a step in any segment, and none beyond its ends', () => {
    const log = new StepLog(4)
    for (let i = 1; i <= 10; i++) log.put(i, step(i, 0), undefined)
    expect([1, 4, 5, 8, 9, 10].map((index) => log.get(index)?.event.at)).toEqual([1, 4, 5, 8, 9, 10])
    expect([log.get(0), log.get(11)]).toEqual([undefined, undefined])
    expect([log.begins(11), log.begins(10)]).toEqual([false, false])
    for (const i of [11, 12]) log.put(i, step(i, 0), undefined)
    expect(log.begins(13)).toBe(true)
  })
})
