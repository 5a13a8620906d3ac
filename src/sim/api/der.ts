import { bytesOf } from './bytes.ts'

/** A value of ASN.1 in DER: its tag byte, its contents, and all its bytes. */
export interface Der {
  readonly tag: number
  readonly body: readonly number[]
  readonly raw: readonly number[]
}

export const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, printable: 0x13, ia5: 0x16, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31 } as const

/** The values that stand in a row in `bytes`; undefined when they are cut off. */
export function derValues(bytes: readonly number[]): readonly Der[] | undefined {
  const out: Der[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1]
    if (first === undefined) return undefined
    const count = first & 0x80 ? first & 0x7f : 0
    let length = count === 0 ? first : 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
    const start = at + 2 + count
    if (start + length > bytes.length) return undefined
    out.push({ tag: bytes[at]!, body: bytes.slice(start, start + length), raw: bytes.slice(at, start + length) })
    at = start + length
  }
  return out
}

/** The members of a SEQUENCE, SET or other compound value; none when it is malformed. */
export const members = (der: Der | undefined): readonly Der[] => (der && derValues(der.body)) ?? []

/** Dotted form of an object identifier: "2.5.4.3". */
export function oidText({ body }: Der): string {
  const parts: number[] = []
  let value = 0
  for (const byte of body) {
    value = value * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    if (parts.length === 0) parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)))
    else parts.push(value)
    value = 0
  }
  return parts.join('.')
}

export const textOf = ({ body }: Der): string => {
  let out = ''
  for (const byte of body) out += String.fromCharCode(byte)
  return out
}

/** Encodes a value. */
export function der(tag: number, ...contents: readonly (readonly number[])[]): readonly number[] {
  const body = contents.flat()
  const length: number[] = []
  for (let n = body.length; n > 0; n = Math.floor(n / 256)) length.unshift(n % 256)
  return [tag, ...(body.length < 128 ? [body.length] : [0x80 | length.length, ...length]), ...body]
}

export function derOid(text: string): readonly number[] {
  const [a = 0, b = 0, ...rest] = text.split('.').map(Number)
  const base128 = (n: number): number[] => {
    const out = [n & 0x7f]
    for (let left = Math.floor(n / 128); left > 0; left = Math.floor(left / 128)) out.unshift((left & 0x7f) | 0x80)
    return out
  }
  return der(TAG.oid, ...[40 * a + b, ...rest].map(base128))
}

export const derText = (tag: number, text: string): readonly number[] => der(tag, bytesOf(text))
