import { expect, test } from 'vitest'
import { firstFree, hasIndex, intervalsText, merge, overlap, parseIntervals, total, withIndexes } from './intervals.ts'

test('indexes are written as intervals, two neighbours with a comma', () => {
  expect(intervalsText(withIndexes([], [0, 2, 3, 5, 6, 7]))).toBe('0,2,3,5-7')
  expect(intervalsText(withIndexes(parseIntervals('0,2,3,5-7', 10), [1, 4]))).toBe('0-7')
})

test('indexes beyond the completions are cut away when read', () => {
  expect(parseIntervals('1,3-9', 5)).toEqual([{ first: 1, last: 1 }, { first: 3, last: 4 }])
  expect(parseIntervals('', 5)).toEqual([])
  expect(parseIntervals('x,2', 5)).toEqual([{ first: 2, last: 2 }])
})

test('free indexes are found around those that are taken', () => {
  expect(firstFree(parseIntervals('0,2-3', 10), 3, 10)).toEqual([1, 4, 5])
  expect(firstFree(parseIntervals('0-3', 4), 3, 4)).toEqual([])
})

test('sets of indexes unite and meet', () => {
  const a = parseIntervals('0-3', 10)
  const b = parseIntervals('2-5,8', 10)
  expect(total(merge(a, b))).toBe(7)
  expect(overlap(a, b)).toBe(2)
  expect(hasIndex(b, 8)).toBe(true)
  expect(hasIndex(b, 7)).toBe(false)
})
