import type { IncomingMessage } from 'node:http'
import type { HttpRequest } from '../../src/sim/apiserver/http/message.ts'

const one = (value: string | readonly string[] | undefined): string | undefined => (typeof value === 'string' ? value : value?.[0])

/** The request as the API server's door takes it. */
export function requestOf(message: IncomingMessage, body: string): HttpRequest {
  const url = message.url ?? '/'
  const mark = url.indexOf('?')
  const { headers } = message
  const token = /^Bearer\s+(\S+)/i.exec(headers.authorization ?? '')?.[1]
  const name = one(headers['impersonate-user'])
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    ...(mark < 0 ? {} : { query: url.slice(mark + 1) }),
    ...(headers['content-type'] ? { contentType: headers['content-type'] } : {}),
    ...(headers.accept ? { accept: headers.accept } : {}),
    userAgent: headers['user-agent'] ?? '',
    ...(token ? { token } : {}),
    ...(name ? { impersonate: { name, groups: groupsOf(message) } } : {}),
    ...(body === '' ? {} : { body }),
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
