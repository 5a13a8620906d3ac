import { expect, it } from 'vitest'
import { matchScore } from './match.ts'

it('prefers the start of a word to its middle, and letters in a row to scattered ones', () => {
  const scores = ['web-1', 'default/web-1', 'cobweb', 'wide ebb'].map((text) => matchScore('web', text))
  expect(scores.every((score) => score !== null)).toBe(true)
  expect([...scores]).toEqual([...scores].sort((a, b) => (a ?? 0) - (b ?? 0)))
})

it('refuses letters in another order', () => {
  expect(matchScore('bew', 'web')).toBeNull()
})
