import { deepEqual } from '../api/deep.ts'
import { at, child, duplicate, invalidValue, notSupported, required, type FieldError, type Path } from '../api/field.ts'
import { validateLabelSelector } from '../api/labels.ts'
import { isDns1035Label, isDns1123Subdomain, isPortNumber } from '../api/names.ts'
import { mapSame } from '../api/share.ts'
import { defaultRules, FAILURE_POLICIES, MATCH_POLICIES, oneOf, REINVOCATION_POLICIES, validateMatchConditions, validateRule } from './admission-rules.ts'
import type { Webhook, WebhookClientConfig, WebhookConfiguration } from './admission-types.ts'

const REVIEW_VERSIONS = ['v1', 'v1beta1']
const NO_SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const SIDE_EFFECTS = ['None', 'NoneOnDryRun', 'Some', 'Unknown']
const URL_FORM = '; desired format: https://host[/path]'

/** What an older object got away with stays allowed. */
interface Leniency {
  readonly conditions?: boolean
  readonly sideEffects?: boolean
  readonly versions?: boolean
  readonly names?: boolean
  readonly labelValues?: boolean
}

/** pkg/apis/admissionregistration/v1: SetDefaults_ValidatingWebhook, SetDefaults_MutatingWebhook. */
export function defaultWebhooks(configuration: WebhookConfiguration, mutating: boolean): WebhookConfiguration {
  const webhooks = mapSame(configuration.webhooks ?? undefined, (given) => {
    const hook = given ?? ({} as Webhook)
    const service = hook.clientConfig?.service
    return {
      ...hook,
      failurePolicy: hook.failurePolicy ?? 'Fail',
      matchPolicy: hook.matchPolicy ?? 'Equivalent',
      namespaceSelector: hook.namespaceSelector ?? {},
      objectSelector: hook.objectSelector ?? {},
      timeoutSeconds: hook.timeoutSeconds ?? 10,
      ...(mutating ? { reinvocationPolicy: hook.reinvocationPolicy ?? 'Never' } : {}),
      ...(hook.rules ? { rules: defaultRules(hook.rules) } : {}),
      ...(service && service.port === undefined ? { clientConfig: { ...hook.clientConfig, service: { ...service, port: 443 } } } : {}),
    }
  })
  return webhooks && webhooks !== configuration.webhooks ? { ...configuration, webhooks } : configuration
}

/** pkg/apis/admissionregistration/validation: Validate(Validating|Mutating)WebhookConfiguration. */
export function validateWebhooks({ webhooks }: WebhookConfiguration, lenient: Leniency = {}): readonly FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>()
  for (const [i, hook] of (webhooks ?? []).entries()) {
    const path = at('webhooks', i)
    out.push(...validateWebhook(hook, lenient, path), ...validateVersions(hook.admissionReviewVersions ?? [], lenient, child(path, 'admissionReviewVersions')))
    if (!hook.name || lenient.names) continue
    if (names.has(hook.name)) out.push(duplicate(child(path, 'name'), hook.name))
    names.add(hook.name)
  }
  return out
}

export function validateWebhooksUpdate(next: WebhookConfiguration, old: WebhookConfiguration): readonly FieldError[] {
  const before = old.webhooks ?? []
  const after = next.webhooks ?? []
  const names = before.map((hook) => hook.name)
  return validateWebhooks(next, {
    conditions: before.length === after.length && before.every((hook, i) => deepEqual(hook.matchConditions, after[i]!.matchConditions)),
    sideEffects: before.some((hook) => !NO_SIDE_EFFECTS.includes(hook.sideEffects ?? '')),
    versions: before.some((hook) => hook.admissionReviewVersions?.length && !hook.admissionReviewVersions.some((v) => REVIEW_VERSIONS.includes(v))),
    names: new Set(names).size < names.length,
    labelValues: before.some((hook) => validateLabelSelector(hook.namespaceSelector, '').length > 0 || validateLabelSelector(hook.objectSelector, '').length > 0),
  })
}

function validateWebhook(hook: Webhook, lenient: Leniency, path: Path): FieldError[] {
  const effects = lenient.sideEffects ? SIDE_EFFECTS : NO_SIDE_EFFECTS
  const { timeoutSeconds: timeout } = hook
  return [
    ...qualifiedName(hook.name ?? '', child(path, 'name')),
    ...(hook.rules ?? []).flatMap((rule, i) => validateRule(rule, at(child(path, 'rules'), i))),
    ...oneOf(hook.failurePolicy, FAILURE_POLICIES, child(path, 'failurePolicy')),
    ...oneOf(hook.matchPolicy, MATCH_POLICIES, child(path, 'matchPolicy')),
    ...(hook.sideEffects === undefined ? [required(child(path, 'sideEffects'), `must specify one of ${effects.join(', ')}`)] : []),
    ...(hook.sideEffects !== undefined && !effects.includes(hook.sideEffects) ? [notSupported(child(path, 'sideEffects'), hook.sideEffects, effects)] : []),
    ...(timeout !== undefined && (timeout > 30 || timeout < 1) ? [invalidValue(child(path, 'timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds')] : []),
    ...validateLabelSelector(hook.namespaceSelector, child(path, 'namespaceSelector'), lenient.labelValues),
    ...validateLabelSelector(hook.objectSelector, child(path, 'objectSelector'), lenient.labelValues),
    ...oneOf(hook.reinvocationPolicy, REINVOCATION_POLICIES, child(path, 'reinvocationPolicy')),
    ...validateClient(hook.clientConfig ?? {}, child(path, 'clientConfig')),
    ...(lenient.conditions ? [] : validateMatchConditions(hook.matchConditions, false, child(path, 'matchConditions'))),
  ]
}

function qualifiedName(name: string, path: Path): FieldError[] {
  if (!name) return [required(path)]
  const wrong = isDns1123Subdomain(name)
  if (wrong.length > 0) return [invalidValue(path, name, wrong.join(','))]
  return name.split('.').length < 3 ? [invalidValue(path, name, 'should be a domain with at least three segments separated by dots')] : []
}

function validateVersions(versions: readonly string[], lenient: Leniency, path: Path): FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`)]
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, version] of versions.entries()) {
    if (seen.has(version)) out.push(invalidValue(at(path, i), version, 'duplicate version'))
    else for (const wrong of isDns1035Label(version ?? '')) out.push(invalidValue(at(path, i), version ?? '', wrong))
    seen.add(version)
  }
  const known = versions.some((version) => REVIEW_VERSIONS.includes(version))
  return lenient.versions || known ? out : [...out, invalidValue(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`)]
}

function validateClient({ url, service }: WebhookClientConfig, path: Path): FieldError[] {
  if ((url === undefined) === (service === undefined)) return [required(path, 'exactly one of url or service is required')]
  return url === undefined ? validateService(service!, child(path, 'service')) : validateUrl(url, child(path, 'url'))
}

/** apiserver: pkg/util/webhook, ValidateWebhookURL, with as much of Go's url.Parse as it needs. */
function validateUrl(url: string, path: Path): FieldError[] {
  const refused = unparsable(url)
  if (refused) return [required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: ${refused}${URL_FORM}`)]
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?([^]*)$/.exec(url)!
  const hash = rest.indexOf('#')
  const fragment = hash < 0 ? '' : rest.slice(hash + 1)
  const beforeHash = hash < 0 ? rest : rest.slice(0, hash)
  const question = beforeHash.indexOf('?')
  const query = question < 0 ? '' : beforeHash.slice(question + 1)
  const location = question < 0 ? beforeHash : beforeHash.slice(0, question)
  const authority = location.startsWith('//') ? location.slice(2).split('/')[0]! : ''
  const atSign = authority.lastIndexOf('@')
  const host = authority.slice(atSign + 1)
  const out: FieldError[] = []
  if (scheme.toLowerCase() !== 'https') out.push(invalidValue(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${URL_FORM}`))
  if (!host) out.push(invalidValue(path, host, `host must be specified${URL_FORM}`))
  if (atSign >= 0) out.push(invalidValue(path, authority.slice(0, atSign), 'user information is not permitted in the URL'))
  if (fragment) out.push(invalidValue(path, fragment, 'fragments are not permitted in the URL'))
  if (query) out.push(invalidValue(path, query, 'query parameters are not permitted in the URL'))
  return out
}

function unparsable(url: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(url)) return 'net/url: invalid control character in URL'
  if (url.startsWith(':')) return 'missing protocol scheme'
  const first = url.split('/')[0]!
  if (first.includes(':') && !/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(first)) return 'first path segment in URL cannot contain colon'
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(url)
  if (escape) return `invalid URL escape ${JSON.stringify(escape[0])}`
  const authority = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/([^/?#]*)/.exec(url)?.[1] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const port = /:([^\]:]*)$/.exec(host)?.[1]
  if (port && !/^\d*$/.test(port)) return `invalid port ":${port}" after host`
  return host.includes(' ') ? `invalid character " " in host name` : undefined
}

/** apiserver: pkg/util/webhook, ValidateWebhookService. Its callers give name and namespace in each other's place. */
function validateService(service: NonNullable<WebhookClientConfig['service']>, path: Path): FieldError[] {
  const { name, namespace, path: urlPath, port = 0 } = service
  const out: FieldError[] = []
  if (!namespace) out.push(required(child(path, 'name')))
  if (!name) out.push(required(child(path, 'namespace')))
  const wrong = isPortNumber(port)
  if (wrong.length > 0) out.push(invalidValue(child(path, 'port'), port, `port is not valid: ${wrong.join(', ')}`))
  return urlPath === undefined || urlPath === '' || urlPath === '/' ? out : [...out, ...validateUrlPath(urlPath, child(path, 'path'))]
}

function validateUrlPath(urlPath: string, path: Path): FieldError[] {
  if (urlPath === '//') return [invalidValue(path, urlPath, 'segment[0] may not be empty')]
  const out: FieldError[] = urlPath.startsWith('/') ? [] : [invalidValue(path, urlPath, "must start with a '/'")]
  const inner = urlPath.slice(1).replace(/\/$/, '')
  for (const [i, segment] of inner.split('/').entries()) {
    if (segment === '') out.push(invalidValue(path, urlPath, `segment[${i}] may not be empty`))
    else for (const wrong of isDns1123Subdomain(segment)) out.push(invalidValue(path, urlPath, `segment[${i}]: ${wrong}`))
  }
  return out
}
