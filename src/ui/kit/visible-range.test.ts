import { expect, test } from 'vitest'
import { scrollToShow, visibleRange } from './visible-range.ts'

test('only rows in sight and a few around them are mounted', () => {
  expect(visibleRange(100_000, 20, 2_000, 400, 5)).toEqual({ from: 95, to: 125 })
})

test('the ends of the list bound the range', () => {
  expect(visibleRange(10, 20, 0, 400)).toEqual({ from: 0, to: 10 })
  expect(visibleRange(0, 20, 0, 400)).toEqual({ from: 0, to: 0 })
})

test('a list that became shorter than its scroll position still shows its end', () => {
  expect(visibleRange(10, 20, 4_000, 400)).toEqual({ from: 2, to: 10 })
})

test('a row in sight does not move the list, others come to the nearer edge', () => {
  expect(scrollToShow(10, 20, 100, 400)).toBe(100)
  expect(scrollToShow(1, 20, 100, 400)).toBe(20)
  expect(scrollToShow(40, 20, 100, 400)).toBe(420)
})
