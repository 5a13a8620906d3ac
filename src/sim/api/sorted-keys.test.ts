import { expect, it } from 'vitest'
import { sortedKeys } from './sorted-keys.ts'

it('gives keys in code-unit order, whatever the order in which they were written', () => {
  expect(sortedKeys({})).toEqual([])
  expect(sortedKeys({ b: 1, a: 2, Z: 3 })).toEqual(['Z', 'a', 'b'])
  expect(sortedKeys({ a: 1, b: 2, c: 3 })).toEqual(['a', 'b', 'c'])
  expect(sortedKeys({ a: 1, c: 2, b: 3 })).toEqual(['a', 'b', 'c'])
})
