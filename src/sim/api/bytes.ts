/**
 * Files and streams are texts: their bytes are the text in UTF-8. A byte that is no UTF-8 stands in the text as the lone surrogate
 * U+DC80…U+DCFF, so that any bytes can be a text and come out as they went in.
 */
const ESCAPE = 0xdc00

/** The bytes of a text. */
export function bytesOf(text: string): number[] {
  const out: number[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x80) out.push(c)
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63))
    else if (c >= 0xd800 && c < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      const code = 0x10000 + ((c - 0xd800) << 10) + (text.charCodeAt(++i) - 0xdc00)
      out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    } else if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff) out.push(c - ESCAPE)
    else out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
  }
  return out
}

const isLow = (c: number): boolean => c >= 0xdc00 && c <= 0xdfff

/** Has a text more bytes than this? A character has three at most, so that short texts need no counting. */
export const longerThan = (text: string, bytes: number): boolean => 3 * text.length > bytes && byteCount(text) > bytes

/** How many bytes a text has. */
export function byteCount(text: string): number {
  let n = text.length
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x80) continue
    if (c < 0x800) n += 1
    else if (c >= 0xd800 && c < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      n += 2
      i++
    } else if (!(c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff)) n += 2
  }
  return n
}

/** The text of some bytes. */
export function textOf(bytes: ArrayLike<number>, from = 0, to = bytes.length): string {
  let out = ''
  let units: number[] = []
  for (let i = from; i < to; ) {
    const length = sequenceAt(bytes, i, to)
    if (length === 0) units.push(ESCAPE + bytes[i++]!)
    else {
      const code = codeAt(bytes, i, length)
      if (code < 0x10000) units.push(code)
      else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff))
      i += length
    }
    if (units.length > 8000) {
      out += String.fromCharCode(...units)
      units = []
    }
  }
  return out + String.fromCharCode(...units)
}

/** How many bytes make the character at `i`; 0: they make none. */
function sequenceAt(bytes: ArrayLike<number>, i: number, to: number): number {
  const b = bytes[i]!
  if (b < 0x80) return 1
  const length = b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0
  if (length === 0 || i + length > to) return 0
  for (let k = 1; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0
  const code = codeAt(bytes, i, length)
  if (length === 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return 0
  return length === 4 && (code < 0x10000 || code > 0x10ffff) ? 0 : length
}

function codeAt(bytes: ArrayLike<number>, i: number, length: number): number {
  const b = bytes[i]!
  if (length === 1) return b
  let code = b & (0xff >> (length + 1))
  for (let k = 1; k < length; k++) code = (code << 6) | (bytes[i + k]! & 63)
  return code
}

/** The first `count` bytes of a text and what is behind them; a character cut in two becomes loose bytes on both sides. */
export function splitBytes(text: string, count: number): readonly [string, string] {
  let n = 0
  for (let i = 0; i < text.length; ) {
    if (n === count) return [text.slice(0, i), text.slice(i)]
    const c = text.charCodeAt(i)
    const units = c >= 0xd800 && c < 0xdc00 && isLow(text.charCodeAt(i + 1)) ? 2 : 1
    const size = c < 0x80 ? 1 : byteCount(text.slice(i, i + units))
    if (n + size > count) {
      const loose = bytesOf(text.slice(i, i + units)).map((b) => String.fromCharCode(ESCAPE + b))
      return [text.slice(0, i) + loose.slice(0, count - n).join(''), loose.slice(count - n).join('') + text.slice(i + units)]
    }
    n += size
    i += units
  }
  return [text, '']
}
