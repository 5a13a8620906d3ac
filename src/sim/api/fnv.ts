/** FNV-1a, 32 bits, over the UTF-8 bytes of a text (Go: hash/fnv New32a). Unsigned result. */
export function fnv1a32(text: string, seed = 0x811c9dc5): number {
  let h = seed
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x80) h = Math.imul(h ^ c, 0x01000193)
    else {
      const code = text.codePointAt(i)!
      if (code > 0xffff) i++
      for (const byte of utf8(code)) h = Math.imul(h ^ byte, 0x01000193)
    }
  }
  return h >>> 0
}

/** FNV-1, 32 bits: multiply first, then xor (Go: hash/fnv New32). */
export function fnv1_32(text: string, seed = 0x811c9dc5): number {
  let h = seed
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x80) h = Math.imul(h, 0x01000193) ^ c
    else {
      const code = text.codePointAt(i)!
      if (code > 0xffff) i++
      for (const byte of utf8(code)) h = Math.imul(h, 0x01000193) ^ byte
    }
  }
  return h >>> 0
}

/** Continues an FNV-1a with raw bytes. */
export function fnv1a32Bytes(seed: number, bytes: readonly number[]): number {
  let h = seed
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}

/** The UTF-8 bytes of one code point (lone surrogates become U+FFFD, as Go's range does). */
function utf8(code: number): readonly number[] {
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)]
  if (code >= 0xd800 && code < 0xe000) return [0xef, 0xbf, 0xbd]
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
}
