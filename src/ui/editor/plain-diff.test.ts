import { expect, test } from 'vitest'
import { diffRows } from './PlainDiff.tsx'

const show = (before: string, after: string): string => diffRows(before, after).map(({ mark, text }) => `${mark}${text}`).join('|')

test('a change stands between its neighbours, the rest is left out', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `l${index + 1}`)
  const after = lines.map((line) => (line === 'l6' ? 'L6' : line))
  expect(show(lines.join('\n'), after.join('\n'))).toBe('…| l3| l4| l5|-l6|+L6| l7| l8| l9|…')
})

test('changes close to each other share their neighbours', () => {
  expect(show('a\nb\nc', 'A\nb\nC')).toBe('-a|+A| b|-c|+C')
})

test('removed and added lines stand alone', () => {
  expect(show('a\nb', 'a')).toBe(' a|-b')
  expect(show('a', 'a\nb')).toBe(' a|+b')
})
