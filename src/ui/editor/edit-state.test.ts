import { expect, test } from 'vitest'
import { editState } from './edit-state.ts'

test('a text that was never applied is edited unless it is empty', () => {
  expect(editState('a', 'kind: Pod', undefined)).toMatchObject({ edited: true, everApplied: false })
  expect(editState('a', ' \n', undefined).edited).toBe(false)
})

test('a text is clean again when it is as it was applied', () => {
  expect(editState('a', 'x: 1', 'x: 2')).toMatchObject({ edited: true, ranges: [{ from: 1, to: 1, oldFrom: 1, oldTo: 1 }] })
  expect(editState('a', 'x: 2', 'x: 2')).toMatchObject({ edited: false, everApplied: true, ranges: [] })
})

test('asking again gives the same answer without comparing again', () => {
  expect(editState('b', 'x: 1', 'x: 2')).toBe(editState('b', 'x: 1', 'x: 2'))
})

test('five megabytes are compared in a blink', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `key-${index}: a value that makes the line about fifty long`)
  const before = lines.join('\n')
  const after = [...lines.slice(1), 'changed: at the end'].map((line, index) => (index === 50_000 ? 'changed: here' : line)).join('\n')
  const started = performance.now()
  expect(editState('c', after, before).edited).toBe(true)
  expect(performance.now() - started).toBeLessThan(1_000)
})
