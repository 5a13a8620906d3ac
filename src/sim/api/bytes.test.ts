import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byteCount, bytesOf, splitBytes, textOf } from './bytes.ts'

it('any bytes become a text and come out as they were', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const text = textOf(bytes)
    expect(bytesOf(text)).toEqual([...bytes])
    expect(byteCount(text)).toBe(bytes.length)
  }))
})

it('any text has the bytes of its UTF-8', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
    const expected = [...new TextEncoder().encode(text)]
    expect(bytesOf(text)).toEqual(expected)
    expect(textOf(expected)).toBe(text)
  }))
})

it('a text is cut at any byte, inside of a character too', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(120), (text, at) => {
    const [head, tail] = splitBytes(text, at)
    const bytes = bytesOf(text)
    expect(bytesOf(head)).toEqual(bytes.slice(0, at))
    expect(bytesOf(tail)).toEqual(bytes.slice(at))
  }))
})
