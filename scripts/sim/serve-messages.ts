import type { IncomingMessage } from 'node:http'
import type { JsonValue } from '../../src/sim/api/meta.ts'
import { badRequest } from '../../src/sim/api/status.ts'
import type { HttpAnswer, HttpRequest } from '../../src/sim/apiserver/http/message.ts'
import { decodeObject, ProtobufError } from './protobuf/decode.ts'

const one = (value: string | readonly string[] | undefined): string | undefined => (typeof value === 'string' ? value : value?.[0])

const PROTOBUF = /^application\/vnd\.kubernetes\.protobuf\b/i

/** The body as the door takes it: text, or plain data where it came as protobuf. */
function contentOf(contentType: string | undefined, body: Buffer): { readonly contentType?: string; readonly body?: JsonValue } {
  if (body.length === 0) return contentType ? { contentType } : {}
  if (contentType && PROTOBUF.test(contentType)) return { contentType: 'application/json', body: decodeObject(body) as JsonValue }
  return { ...(contentType ? { contentType } : {}), body: body.toString('utf8') }
}

/** The request as the API server's door takes it, or the refusal of a body that cannot be read. */
export function requestOf(message: IncomingMessage, body: Buffer): HttpRequest | { readonly refused: HttpAnswer } {
  try {
    return { ...headOf(message), ...contentOf(message.headers['content-type'], body) }
  } catch (reason) {
    if (!(reason instanceof ProtobufError)) throw reason
    const status = badRequest(`the object provided is unrecognized: ${reason.message}`)
    return { refused: { code: status.code, warnings: [], body: status as unknown as JsonValue, changes: [] } }
  }
}

function headOf(message: IncomingMessage): HttpRequest {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const { headers } = message
  const token = /^Bearer\s+(\S+)/i.exec(headers.authorization ?? '')?.[1]
  const name = one(headers['impersonate-user'])
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    ...(mark < 0 ? {} : { query: url.slice(mark + 1) }),
    ...(headers.accept ? { accept: headers.accept } : {}),
    userAgent: headers['user-agent'] ?? '',
    ...(token ? { token } : {}),
    ...(name ? { impersonate: { name, groups: groupsOf(message) } } : {}),
  }
}

/** Repeated headers arrive joined by commas; group names have none. */
const groupsOf = ({ headers }: IncomingMessage): readonly string[] => (one(headers['impersonate-group']) ?? '').split(',').map((group) => group.trim()).filter(Boolean)

/** A text within a quoted string of a header: no line breaks, quotes escaped (RFC 7234, warn-text). */
const quoted = (text: string): string => text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')

export function headersOf(contentType: string | undefined, warnings: readonly string[]): Record<string, string | string[]> {
  return {
    'content-type': contentType ?? 'application/json',
    'cache-control': 'no-cache, private',
    ...(warnings.length ? { warning: warnings.map((text) => `299 - "${quoted(text)}"`) } : {}),
  }
}
