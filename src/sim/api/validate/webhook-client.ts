import { child, invalidValue, required, type Path } from '../field.ts'
import { isDns1123Subdomain, isPortNumber } from '../names.ts'
import type { Errors } from './simple.ts'

const FORM = '; desired format: https://host[/path]'

/** apiserver/pkg/util/webhook: ValidateWebhookURL. */
export function webhookUrl(text: string, path: Path, out: Errors): void {
  const m = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(text)
  const [, scheme = '', authority = '', , query = '', fragment = ''] = m ?? []
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  if (scheme.toLowerCase() !== 'https') out.push(invalidValue(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`))
  if (!host) out.push(invalidValue(path, '', `host must be specified${FORM}`))
  if (at >= 0) out.push(invalidValue(path, authority.slice(0, at), 'user information is not permitted in the URL'))
  if (fragment) out.push(invalidValue(path, fragment, 'fragments are not permitted in the URL'))
  if (query) out.push(invalidValue(path, query, 'query parameters are not permitted in the URL'))
}

export interface WebhookService {
  readonly namespace?: string
  readonly name?: string
  readonly path?: string
  readonly port?: number
}

function urlPath(text: string, path: Path, out: Errors): void {
  if (text === '/' || text === '') return
  if (text === '//') return void out.push(invalidValue(path, text, 'segment[0] may not be empty'))
  if (!text.startsWith('/')) out.push(invalidValue(path, text, "must start with a '/'"))
  const steps = text.slice(1).replace(/\/$/, '').split('/')
  steps.forEach((step, i) => {
    if (!step) out.push(invalidValue(path, text, `segment[${i}] may not be empty`))
    else for (const m of isDns1123Subdomain(step)) out.push(invalidValue(path, text, `segment[${i}]: ${m}`))
  })
}

/** apiserver/pkg/util/webhook: ValidateWebhookService. */
export function webhookService(s: WebhookService, path: Path, out: Errors): void {
  if (!s.name) out.push(required(child(path, 'name')))
  if (!s.namespace) out.push(required(child(path, 'namespace')))
  const port = s.port ?? 0
  const bad = isPortNumber(port)
  if (bad.length) out.push(invalidValue(child(path, 'port'), port, `port is not valid: ${bad.join(', ')}`))
  if (s.path !== undefined) urlPath(s.path, child(path, 'path'), out)
}
