import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256Hex } from './sha256.ts'

test('the digest is that of the standard, for texts around the block size and beyond ASCII', () => {
  for (const text of ['', 'abc', 'h1att133.example.comatt133-n1', 'ü€😀', ...[54, 55, 56, 57, 63, 64, 65, 119, 120, 1000].map((n) => 'x'.repeat(n))])
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
})
