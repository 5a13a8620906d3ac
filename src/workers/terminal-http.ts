import type { LocalAnswer, LocalRequest } from '../sim/index.ts'

/** What `curl` and `wget` of the page's shell are asked to do. */
interface Wish {
  readonly url: string
  readonly method: string
  readonly body: string | undefined
  readonly contentType: string | undefined
  readonly flags: ReadonlySet<string>
  readonly output: string | undefined
  readonly writeOut: string | undefined
}

export interface HttpResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Text that goes to a file of this name instead. */
  readonly file?: { readonly name: string; readonly text: string }
}

/** Sends one request to a local port; undefined: nobody listens there. */
export type Send = (request: Omit<LocalRequest, 'id'>) => Promise<LocalAnswer> | undefined

const VALUED: Readonly<Record<string, string>> = { o: 'output', X: 'request', d: 'data', H: 'header', m: 'max-time', w: 'write-out', A: 'user-agent', u: 'user' }
const PLAIN: Readonly<Record<string, string>> = { s: 'silent', S: 'show-error', i: 'include', I: 'head', k: 'insecure', L: 'location', f: 'fail', v: 'verbose', g: 'globoff', '4': 'ipv4', '6': 'ipv6' }
const DATA = new Set(['data', 'data-raw', 'data-binary'])
const LONG_VALUED = new Set([...Object.values(VALUED), ...DATA, 'connect-timeout', 'retry', 'cacert', 'cert', 'key'])

const PHRASES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 302: 'Found', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 422: 'Unprocessable Entity', 500: 'Internal Server Error', 503: 'Service Unavailable' }

const failed = (exitCode: number, stderr: string): HttpResult => ({ stdout: '', stderr, exitCode })

/** curl as far as local ports of kubectl go: one URL, the usual options, curl's exit codes. */
export async function curl(args: readonly string[], send: Send): Promise<HttpResult> {
  const wish = curlWish(args)
  if (typeof wish === 'string') return failed(2, `curl: ${wish}\ncurl: try 'curl --help' or 'curl --manual' for more information\n`)
  const quiet = wish.flags.has('silent') && !wish.flags.has('show-error')
  const fail = (code: number, text: string): HttpResult => failed(code, quiet ? '' : `curl: (${code}) ${text}\n`)
  const at = addressOf(wish.url)
  if (!at) return fail(3, 'URL rejected: Malformed input to a URL function')
  if (at.scheme !== 'http' && at.scheme !== 'https') return fail(1, `Protocol "${at.scheme}" not supported`)
  const sent = isLocal(at.host) ? send({ host: at.host, port: at.port, path: at.path, method: wish.method, ...(wish.body === undefined ? {} : { body: wish.body, contentType: wish.contentType ?? 'application/x-www-form-urlencoded' }) }) : undefined
  if (!sent) return isLocal(at.host) || /^[\d.]+$/.test(at.host) ? fail(7, `Failed to connect to ${at.host} port ${at.port} after 0 ms: Could not connect to server`) : fail(6, `Could not resolve host: ${at.host}`)
  if (at.scheme === 'https') return fail(35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number')
  const answer = await sent
  if (answer.reset) return fail(52, 'Empty reply from server')
  if (wish.flags.has('fail') && answer.status >= 400) return fail(22, `The requested URL returned error: ${answer.status}`)
  const head = `HTTP/1.1 ${answer.status} ${PHRASES[answer.status] ?? ''}\nContent-Type: ${answer.contentType}\nContent-Length: ${answer.body.length}\n\n`
  const text = wish.flags.has('head') ? head : (wish.flags.has('include') ? head : '') + answer.body
  const after = (wish.writeOut ?? '').replace(/%\{(?:http_code|response_code)\}/g, `${answer.status}`).replace(/%\{size_download\}/g, `${answer.body.length}`).replace(/\\n/g, '\n')
  const stderr = wish.flags.has('verbose') ? `> ${wish.method} ${at.path} HTTP/1.1\n> Host: ${at.host}:${at.port}\n> \n${head.trimEnd().split('\n').map((line) => `< ${line}\n`).join('')}< \n` : ''
  if (wish.output === undefined) return { stdout: text + after, stderr, exitCode: 0 }
  return { stdout: after, stderr, exitCode: 0, ...(wish.output === '/dev/null' ? {} : { file: { name: wish.output, text } }) }
}

/** GNU wget with the options that people use: -q, -O, -S. */
export async function wget(args: readonly string[], send: Send): Promise<HttpResult> {
  const words = args.filter((word) => !word.startsWith('-'))
  const flags = args.filter((word) => word.startsWith('-')).join('')
  const quiet = /q/.test(flags)
  const inline = args.find((word) => /^-q?O./.test(word))?.replace(/^-q?O/, '')
  const asked = args.findIndex((word) => /^-q?O$/.test(word))
  const target = inline ?? (asked >= 0 ? args[asked + 1] : undefined)
  const url = words.find((word) => word !== target) ?? ''
  const at = addressOf(url)
  if (!at) return failed(1, 'wget: missing URL\n')
  const sent = isLocal(at.host) ? send({ host: at.host, port: at.port, path: at.path, method: 'GET' }) : undefined
  if (!sent) return failed(4, quiet ? '' : `Connecting to ${at.host}:${at.port}... failed: Connection refused.\n`)
  const answer = await sent
  if (answer.reset) return failed(4, quiet ? '' : 'No data received.\n')
  if (answer.status >= 400) return failed(8, quiet ? '' : `ERROR ${answer.status}: ${PHRASES[answer.status] ?? ''}.\n`)
  if (target === '-') return { stdout: answer.body, stderr: '', exitCode: 0 }
  const name = target ?? (at.path.split('?')[0]!.split('/').at(-1) || 'index.html')
  return { stdout: '', stderr: quiet ? '' : `'${name}' saved [${answer.body.length}]\n`, exitCode: 0, file: { name, text: answer.body } }
}

function curlWish(args: readonly string[]): Wish | string {
  const flags = new Set<string>()
  const values = new Map<string, string[]>()
  const urls: string[] = []
  const take = (name: string, value: string | undefined): boolean => value !== undefined && (values.set(name, [...(values.get(name) ?? []), value]), true)
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (!word.startsWith('-') || word === '-') urls.push(word)
    else if (word.startsWith('--')) {
      const name = word.slice(2)
      if (LONG_VALUED.has(name)) {
        if (!take(name, args[++i])) return `option ${word}: requires parameter`
      } else if (Object.values(PLAIN).includes(name)) flags.add(name)
      else return `option ${word}: is unknown`
    } else
      for (let j = 1; j < word.length; j++) {
        const letter = word[j]!
        if (PLAIN[letter]) flags.add(PLAIN[letter])
        else if (VALUED[letter]) {
          if (!take(VALUED[letter], word.slice(j + 1) || args[++i])) return `option -${letter}: requires parameter`
          break
        } else return `option -${letter}: is unknown`
      }
  }
  if (urls.length === 0) return 'no URL specified'
  const data = [...DATA].flatMap((name) => values.get(name) ?? [])
  const header = (values.get('header') ?? []).find((h) => /^content-type:/i.test(h))
  return {
    url: urls[0]!, method: values.get('request')?.at(-1) ?? (flags.has('head') ? 'HEAD' : data.length > 0 ? 'POST' : 'GET'), body: data.length > 0 ? data.join('&') : undefined,
    contentType: header?.slice(header.indexOf(':') + 1).trim(), flags, output: values.get('output')?.at(-1), writeOut: values.get('write-out')?.at(-1),
  }
}

const isLocal = (host: string): boolean => host === 'localhost' || host.startsWith('127.') || host === '::1' || host === '0.0.0.0'

function addressOf(url: string): { readonly scheme: string; readonly host: string; readonly port: number; readonly path: string } | undefined {
  const found = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:\[([0-9a-f:]+)\]|([^:/?#[\]]+))?(?::(\d{1,5}))?([/?][^#]*)?(?:#.*)?$/i.exec(url)
  const host = found?.[2] ?? found?.[3]
  if (!found || !host) return undefined
  const scheme = (found[1] ?? 'http').toLowerCase()
  const path = found[5] ?? '/'
  return { scheme, host, port: Number(found[4] ?? (scheme === 'https' ? 443 : 80)), path: path.startsWith('/') ? path : `/${path}` }
}
