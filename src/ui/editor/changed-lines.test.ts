import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changedLines } from './changed-lines.ts'

const lines = (...all: string[]): string => all.join('\n')

test('equal texts have no change', () => {
  expect(changedLines('a\nb', 'a\nb')).toEqual([])
})

test('a changed line is one change at its place in the new text', () => {
  expect(changedLines(lines('a', 'b', 'c'), lines('a', 'x', 'c'))).toEqual([{ from: 2, to: 2, oldFrom: 2, oldTo: 2 }])
})

test('changes apart from each other are counted apart', () => {
  expect(changedLines(lines('a', 'b', 'c', 'd', 'e'), lines('a', 'B', 'c', 'd', 'E', 'f'))).toEqual([
    { from: 2, to: 2, oldFrom: 2, oldTo: 2 },
    { from: 5, to: 6, oldFrom: 5, oldTo: 5 },
  ])
})

test('a removal has no lines of its own', () => {
  expect(changedLines(lines('a', 'b', 'c'), lines('a', 'c'))).toEqual([{ from: 2, to: 1, oldFrom: 2, oldTo: 2 }])
})

test('the lines outside the changes are a common subsequence, whatever the texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const marked = new Set<number>()
      for (const { from, to } of changedLines(before.join('\n'), after.join('\n'))) for (let n = from; n <= to; n++) marked.add(n)
      let at = 0
      for (const [index, line] of after.entries()) {
        if (marked.has(index + 1)) continue
        while (at < before.length && before[at] !== line) at++
        if (before.length > 0) expect(at++).toBeLessThan(before.length)
      }
    }),
  )
})

test('putting the old lines back in place of the changes gives the old text', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(text, text, (before, after) => {
      const back = [...after]
      for (const { from, to, oldFrom, oldTo } of changedLines(before.join('\n'), after.join('\n')).reverse()) {
        back.splice(from - 1, to - from + 1, ...before.slice(oldFrom - 1, oldTo))
      }
      expect(back).toEqual(before)
    }),
  )
})
