import { bytesOf } from '../../api/bytes.ts'
import type { JsonValue } from '../../api/meta.ts'
import { badRequest, requestEntityTooLarge, unsupportedMediaType, type Status } from '../../api/status.ts'
import { parseYaml } from './yaml.ts'
import { parseJson } from './json.ts'

/** The largest body that is read (apiserver: server/config.go, MaxRequestBodyBytes). */
export const MAX_BODY = 3 * 1024 * 1024

/** A body as data, with what strict decoding says of members that occur twice. */
export interface Read {
  readonly value: JsonValue
  readonly complaints: readonly string[]
}

const mediaOf = (contentType: string | undefined): string => (contentType ?? 'application/json').split(';')[0]!.trim().toLowerCase()

const ACCEPTED = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** The media types of plain bodies; a refusal for any other. */
export function checkMediaType(contentType: string | undefined): Status | undefined {
  const media = mediaOf(contentType)
  if (media === 'application/json' || media === 'application/yaml' || media === '') return undefined
  return unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`)
}

/** Bytes that a value takes as JSON text, counted no further than past `limit`. */
function sizeOf(value: JsonValue | undefined, limit: number): number {
  if (typeof value === 'string') return utf8Length(value, limit) + 2
  if (typeof value !== 'object' || value === null) return 4
  let size = 2
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) if ((size += sizeOf(item, limit) + 1) > limit) return size
    return size
  }
  const map = value as Readonly<Record<string, JsonValue | undefined>>
  for (const key in map) if ((size += key.length + 4 + sizeOf(map[key], limit)) > limit) return size
  return size
}

function utf8Length(text: string, limit: number): number {
  if (text.length > limit || text.length * 3 <= limit) return text.length
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    size += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xd800 && code < 0xe000 ? 2 : 3
  }
  return size
}

/** Refuses bodies above the limit, whatever they hold. */
export function checkSize(body: JsonValue | undefined): Status | undefined {
  const size = typeof body === 'string' ? utf8Length(body, MAX_BODY) : body === undefined ? 0 : sizeOf(body, MAX_BODY)
  return size > MAX_BODY ? requestEntityTooLarge(`limit is ${MAX_BODY}`) : undefined
}

/** At most `max` bytes of a body as the server quotes it: text where it is JSON, hexadecimal else. */
export function summary(body: string, max = 30): string {
  if (body.length === 0) return '<empty>'
  if (body.startsWith('{')) return body.length > max ? `${body.slice(0, max)} ...` : body
  const bytes = bytesOf(body.slice(0, max + 1))
  const hex = bytes.slice(0, max).map((b) => b.toString(16).padStart(2, '0')).join('')
  return bytes.length > max ? `${hex} ...` : hex
}

/** Reads the body of a POST or PUT for objects of `kind`; the refusal of one that is no object. */
export function readBody(body: JsonValue | undefined, contentType: string | undefined, kind: string): Read | Status {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { value: body, complaints: [] }
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const unrecognised = (why: string): Status => badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(text)})`)
  const parsed = mediaOf(contentType) === 'application/yaml' ? parseYaml(text) : parseJson(text)
  if ('error' in parsed) return unrecognised(mediaOf(contentType) === 'application/yaml' ? parsed.error : `couldn't get version/kind; json parse error: ${parsed.error}`)
  const { value } = parsed
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    const word = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    const struct = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    return unrecognised(`couldn't get version/kind; json parse error: json: cannot unmarshal ${word} into Go value of type ${struct}`)
  }
  return { value: value ?? {}, complaints: parsed.complaints }
}

export { mediaOf }
