import { expect, test } from 'vitest'
import { columns, inColumns } from './columns.ts'

test('Chinese characters take two cells', () => {
  expect(columns('pod 就绪')).toBe(8)
})

test('candidates are listed down the columns', () => {
  expect(inColumns(['a', 'b', 'c', 'd', 'e'], 9)).toBe('a  c  e\r\nb  d')
})

test('a candidate wider than the terminal stands alone', () => {
  expect(inColumns(['abcdefgh', 'b'], 4)).toBe('abcdefgh\r\nb')
})
