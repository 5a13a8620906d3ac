import { expect, test } from 'vitest'
import { lastNotch, notchOf, valueAt } from './log-scale.ts'

const speed = { min: 0.1, max: 1000, notches: 16, unlimited: true }

test('each decade takes the same number of notches', () => {
  expect([0, 4, 8, 12, 16].map((notch) => valueAt(speed, notch))).toEqual([0.1, 1, 10, 100, 1000])
})

test('the notch after the last is without limit, and back', () => {
  expect(valueAt(speed, 17)).toBe(Infinity)
  expect(notchOf(speed, Infinity)).toBe(lastNotch(speed))
})

test('every notch is found again by its value', () => {
  for (let notch = 0; notch <= lastNotch(speed); notch++) expect(notchOf(speed, valueAt(speed, notch))).toBe(notch)
})

test('values outside the range go to the nearest end', () => {
  expect(notchOf(speed, 0.0001)).toBe(0)
  expect(notchOf(speed, 1e9)).toBe(16)
})
