import { bytesOf } from '../api/bytes.ts'
import { goQuote } from '../api/field.ts'
import { fault, Fault, Opaque } from './values.ts'

interface Parts {
  readonly scheme: string
  readonly user: string
  readonly host: string
  readonly escapedPath: string
  readonly query: string
  readonly fragment: string
  /** What follows the scheme where that is no path. */
  readonly opaque: string
}

const textOf = ({ scheme, user, host, escapedPath, query, fragment, opaque }: Parts): string =>
  `${scheme && `${scheme}:`}${opaque}${host || user ? `//${user && `${user}@`}${host}` : ''}${escapedPath}${query && `?${query}`}${fragment && `#${fragment}`}`

/** A URL as a value of expressions, in the parts that Go's net/url makes of it. */
export class Url extends Opaque {
  readonly scheme: string
  /** With the port, brackets of IPv6 included. */
  readonly host: string
  /** As it was written where that is a proper encoding, else encoded anew. */
  readonly escapedPath: string
  readonly query: string
  constructor(parts: Parts) {
    super('kubernetes.URL', textOf(parts))
    this.scheme = parts.scheme
    this.host = parts.host
    this.escapedPath = parts.escapedPath
    this.query = parts.query
  }
}

const cut = (text: string, mark: string): readonly [before: string, after: string] => {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

const UNRESERVED = /[A-Za-z0-9\-_.~]/
const IN_PATH = /[$&+,/:;=@]/
const IN_HOST = /[!$&'()*+,;=:[\]<>"]/
const hex = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

const escapePath = (path: string): string => [...path].map((c) => (UNRESERVED.test(c) || IN_PATH.test(c) ? c : bytesOf(c).map(hex).join(''))).join('')

/** The text behind the escapes, or the first escape that is none (net/url: unescape). */
function unescape(text: string, plusIsSpace = false): string {
  const bad = /%(?![0-9a-fA-F]{2})/.exec(text)
  if (bad) return fault(`invalid URL escape ${goQuote(text.slice(bad.index, bad.index + 3))}`)
  const spaced = plusIsSpace ? text.replace(/\+/g, ' ') : text
  return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
    }
  })
}

/** The path as it was written, if that is one way to encode it (net/url: EscapedPath). */
function pathOf(written: string): string {
  const path = unescape(written)
  if (path === '*') return '*'
  const isProper = [...written].every((c) => UNRESERVED.test(c) || IN_PATH.test(c) || /[!'()*[\]%]/.test(c))
  return isProper ? written : escapePath(path)
}

function checkPort(port: string): void {
  if (!/^(:\d*)?$/.test(port)) fault(`invalid port ${goQuote(port)} after host`)
}

function hostOf(host: string): string {
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']')
    if (end < 0) return fault("missing ']' in host")
    checkPort(host.slice(end + 1))
  } else if (host.includes(':')) checkPort(host.slice(host.lastIndexOf(':')))
  const low = /%(?!25)[0-7][0-9a-fA-F]/.exec(host)
  if (low) return fault(`invalid URL escape ${goQuote(low[0])}`)
  const odd = [...host].find((c) => c < '\x80' && c !== '%' && !UNRESERVED.test(c) && !IN_HOST.test(c))
  return odd === undefined ? unescape(host) : fault(`invalid character ${goQuote(odd)} in host name`)
}

/** net/url: parse. `asked`: as ParseRequestURI, which takes whole addresses and absolute paths only. */
function parse(text: string, asked: boolean): Url {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) return fault('net/url: invalid control character in URL')
  if (text === '' && asked) return fault('empty url')
  if (text.startsWith(':')) return fault('missing protocol scheme')
  const [whole, fragment] = asked ? [text, ''] : cut(text, '#')
  const named = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(whole)
  const scheme = (named?.[1] ?? '').toLowerCase()
  const [hierarchy, query] = cut(named ? whole.slice(named[0].length) : whole, '?')
  const parts = { scheme, user: '', host: '', escapedPath: '', query, fragment: unescape(fragment), opaque: '' }
  if (whole === '*') return new Url({ ...parts, escapedPath: '*' })
  if (!hierarchy.startsWith('/')) {
    if (scheme) return new Url({ ...parts, opaque: hierarchy })
    if (asked) return fault('invalid URI for request')
    if (cut(hierarchy, '/')[0].includes(':')) return fault('first path segment in URL cannot contain colon')
  }
  const hasAuthority = hierarchy.startsWith('//') && (scheme !== '' || (!asked && !hierarchy.startsWith('///')))
  if (!hasAuthority) return new Url({ ...parts, escapedPath: pathOf(hierarchy) })
  const slash = hierarchy.indexOf('/', 2)
  const authority = slash < 0 ? hierarchy.slice(2) : hierarchy.slice(2, slash)
  const at = authority.lastIndexOf('@')
  const host = hostOf(authority.slice(at + 1))
  const user = at < 0 ? '' : authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return fault('net/url: invalid userinfo')
  return new Url({ ...parts, user: unescape(user), host, escapedPath: slash < 0 ? '' : pathOf(hierarchy.slice(slash)) })
}

function urlOf(value: unknown): Url {
  if (typeof value !== 'string') return fault('no such overload')
  const problem = urlProblem(value)
  return problem === undefined ? parse(value, false) : fault(`URL parse error during conversion from string: ${problem}`)
}

/** Why a text is no whole address; undefined where it is one (net/url: ParseRequestURI). */
export function urlProblem(text: string): string | undefined {
  try {
    parse(text, true)
    return undefined
  } catch (reason) {
    if (reason instanceof Fault) return `parse ${goQuote(text)}: ${reason.message}`
    throw reason
  }
}

const isUrl = (value: unknown): boolean => (typeof value === 'string' ? urlProblem(value) === undefined : fault('no such overload'))

/** Pairs that cannot be read are left out (net/url: ParseQuery). */
function queryOf(query: string): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, string[]>()
  for (const piece of query.split('&')) {
    if (piece === '' || piece.includes(';') || /%(?![0-9a-fA-F]{2})/.test(piece)) continue
    const [key, value] = cut(piece, '=').map((part) => unescape(part, true)) as [string, string]
    found.set(key, [...(found.get(key) ?? []), value])
  }
  return Object.fromEntries(found)
}

const url = (value: unknown): Url => (value instanceof Url ? value : fault('no such overload'))
const portOf = (host: string): string => /:(\d*)$/.exec(host)?.[1] ?? ''
const hostname = (host: string): string => /^\[(.*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '')

/** Kubernetes' functions of URLs (apiserver: pkg/cel/library, urls.go). */
export const urlFunctions = {
  url: urlOf,
  isURL: isUrl,
  getScheme: (value: unknown): string => url(value).scheme,
  getHost: (value: unknown): string => url(value).host,
  getHostname: (value: unknown): string => hostname(url(value).host),
  getPort: (value: unknown): string => portOf(url(value).host),
  getEscapedPath: (value: unknown): string => url(value).escapedPath,
  getQuery: (value: unknown): unknown => queryOf(url(value).query),
}
