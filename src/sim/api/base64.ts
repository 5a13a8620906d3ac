import { bytesOf } from './bytes.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard base64 of a text's UTF-8 bytes. */
export const base64Encode = (text: string): string => base64OfBytes(bytesOf(text))

export function base64OfBytes(bytes: readonly number[]): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]]
    out += ALPHABET[a >> 2]! + ALPHABET[((a & 3) << 4) | ((b ?? 0) >> 4)]!
    out += b === undefined ? '=' : ALPHABET[((b & 15) << 2) | ((c ?? 0) >> 6)]!
    out += c === undefined ? '=' : ALPHABET[c & 63]!
  }
  return out
}

/** The bytes of standard base64; undefined where it is not well formed. */
export function base64Bytes(text: string): readonly number[] | undefined {
  const clean = text.replace(/[\r\n]/g, '')
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return undefined
  const out: number[] = []
  for (let i = 0; i < clean.length; i += 4) {
    const n = [0, 1, 2, 3].map((j) => Math.max(0, ALPHABET.indexOf(clean[i + j]!)))
    const word = (n[0]! << 18) | (n[1]! << 12) | (n[2]! << 6) | n[3]!
    out.push((word >> 16) & 255)
    if (clean[i + 2] !== '=') out.push((word >> 8) & 255)
    if (clean[i + 3] !== '=') out.push(word & 255)
  }
  return out
}

/** How many bytes standard base64 stands for. */
export const base64Length = (text: string): number => base64Bytes(text)?.length ?? 0

/** Base64 to text, malformed UTF-8 as U+FFFD; undefined where the base64 is malformed. */
export function base64Decode(text: string): string | undefined {
  const bytes = base64Bytes(text)
  if (!bytes) return undefined
  let out = ''
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i]!
    const size = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
    const rest = bytes.slice(i + 1, i + size)
    if (size === 0 || rest.length < size - 1 || rest.some((b) => (b & 0xc0) !== 0x80)) {
      out += '\ufffd'
      i++
      continue
    }
    let code = size === 1 ? lead : lead & (0xff >> (size + 1))
    for (const b of rest) code = (code << 6) | (b & 63)
    out += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
    i += size
  }
  return out
}
