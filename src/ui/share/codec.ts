import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate'
import { checkShape, ShareError, type SharedSession } from './shared-session.ts'

const VERSION = '1'
/** Links above this are cut by mail programs and chats; a file is offered instead. */
export const LONGEST_LINK = 30_000

/** A session as text for an address: version, length, checksum, then deflated JSON in base64url. */
export function encodeSession(session: SharedSession): string {
  const body = toBase64(deflateSync(strToU8(JSON.stringify(session)), { level: 9 }))
  return `${VERSION}.${body.length.toString(36)}.${checksum(body)}.${body}`
}

/** The session of a text made by `encodeSession`. Throws ShareError when it was cut, changed, or is of a later version. */
export function decodeSession(text: string): SharedSession {
  const [version, length, sum, body, ...rest] = text.split('.')
  if (version !== undefined && /^\d+$/.test(version) && version !== VERSION) throw new ShareError('version')
  if (version !== VERSION || length === undefined || sum === undefined || body === undefined) throw new ShareError('truncated')
  if (rest.length > 0 || !/^[0-9a-z]+$/.test(length)) throw new ShareError('altered')
  const expected = Number.parseInt(length, 36)
  if (body.length < expected) throw new ShareError('truncated')
  if (body.length > expected || checksum(body) !== sum) throw new ShareError('altered')
  try {
    return checkShape(JSON.parse(strFromU8(inflateSync(fromBase64(body)))))
  } catch {
    throw new ShareError('altered')
  }
}

/** FNV-1a over the characters, as eight hexadecimal digits. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const word = (a << 16) | (b << 8) | c
    const signs = Math.min(4, bytes.length - at + 1)
    for (let sign = 0; sign < signs; sign++) text += ALPHABET[(word >> (18 - 6 * sign)) & 63]
  }
  return text
}

function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let word = 0
  let bits = 0
  let to = 0
  for (const sign of text) {
    const value = ALPHABET.indexOf(sign)
    if (value < 0) throw new ShareError('altered')
    word = ((word << 6) | value) & 0xffffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[to++] = (word >> bits) & 255
  }
  return bytes
}
