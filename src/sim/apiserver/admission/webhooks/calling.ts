import { base64Decode } from '../../../api/base64.ts'
import { certificatesIn, distrust } from '../../../api/certificate.ts'
import type { JsonValue, KubeObject } from '../../../api/meta.ts'
import type { WebhookClientConfig } from '../../../kinds/admission-types.ts'
import { seconds, type Micros } from '../../../engine/time.ts'
import type { Execution } from '../../execution.ts'
import { hostError, NO_TLS, reachService } from '../../within/reaching.ts'
import type { Matched } from './matching.ts'
import { reviewOf } from './review.ts'

/** What an HTTPS server in a pod answers; `chain` is its certificate in PEM, `after` how long it takes. */
export interface WebhookAnswer {
  readonly chain: string
  readonly after: Micros
  readonly code: number
  readonly body: JsonValue
}

/** The part of an AdmissionReview's response that the server goes by. */
export interface Verdict {
  readonly allowed: boolean
  readonly result: { readonly code?: number; readonly reason?: string; readonly message?: string } | undefined
  /** A JSON patch as text. */
  readonly patch: string | undefined
  readonly warnings: readonly string[]
}

/** The end of a call: a verdict, or why there is none; and how long the request waited for it. */
export interface Called {
  readonly end: Verdict | { readonly failure: string }
  readonly waited: Micros
}

const path = (text = ''): string => (text === '' || text.startsWith('/') ? text : `/${text}`)

/** Where a webhook is called, as its client writes the address (apiserver: pkg/util/webhook, client.go). */
function addressOf({ service, url = '' }: WebhookClientConfig, timeoutSeconds: number): string {
  const base = service ? `https://${service.name ?? ''}.${service.namespace ?? ''}.svc:${service.port ?? 443}${path(service.path)}` : url
  return `${base}${base.includes('?') ? '&' : '?'}timeout=${timeoutSeconds}s`
}

/** What a server behind a webhook's configuration answers to a review, or why it answers nothing of use; and how long that took. */
export type Posted = { readonly body: JsonValue; readonly waited: Micros } | { readonly failure: string; readonly waited: Micros }

/** POSTs a review over TLS to where a webhook's configuration says. */
export function post(asking: Pick<Execution, 'store' | 'means' | 'now'>, config: WebhookClientConfig, timeoutSeconds: number, review: JsonValue): Posted {
  const failed = (text: string, waited = 0): Posted => ({ failure: `Post "${addressOf(config, timeoutSeconds)}": ${text}`, waited })
  const answer = reach(asking, config, review)
  if (typeof answer === 'string') return failed(answer)
  const { service } = config
  const doubt = distrust(base64Decode(config.caBundle ?? '') ?? '', answer.chain, `${service!.name}.${service!.namespace}.svc`, asking.now)
  if (doubt) return failed(`tls: failed to verify certificate: ${doubt}`)
  const patience = seconds(timeoutSeconds)
  if (answer.after >= patience) return failed('context deadline exceeded', patience)
  return answer.code >= 300 ? { failure: httpError(answer), waited: answer.after } : { body: answer.body, waited: answer.after }
}

const failure = (text: string, waited = 0): Called => ({ end: { failure: text }, waited })

/** Asks a webhook about a request, with `object` as it is by now (webhook/mutating and /validating: callHook). */
export function call(matched: Matched, object: KubeObject | undefined, mutating: boolean): Called {
  const { hook, occasion } = matched
  const { exec } = occasion
  const question = reviewOf(matched, object)
  if (!question) return failure('could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)')
  const config = hook.clientConfig ?? {}
  if (config.caBundle && certificatesIn(base64Decode(config.caBundle) ?? '').length === 0) return failure('could not get REST client: unable to load root certificates: unable to parse bytes as PEM block')
  const posted = post(exec, config, hook.timeoutSeconds ?? 10, question.review)
  if ('failure' in posted) return failure(`failed to call webhook: ${posted.failure}`, posted.waited)
  const verdict = verdictOf(posted.body, question.uid, mutating)
  return typeof verdict === 'string' ? failure(`received invalid webhook response: ${verdict}`, posted.waited) : { end: verdict, waited: posted.waited }
}

/** The answer of the pod behind the webhook's Service, or why there is none. Hosts outside of the cluster are not known. */
function reach({ store, means, now }: Pick<Execution, 'store' | 'means' | 'now'>, { service, url = '' }: WebhookClientConfig, review: JsonValue): WebhookAnswer | string {
  if (!service) {
    const [, host = '', port = '443'] = /^https:\/\/(?:[^@/]*@)?([^/:?#]*|\[[^\]]*\])(?::(\d+))?/.exec(url) ?? []
    return hostError(host, Number(port))
  }
  const reached = reachService(store, (ip, port) => means.podListens(ip, port, now), service.namespace ?? '', service.name ?? '', service.port ?? 443)
  if ('error' in reached) return reached.error
  return means.callWebhook?.(reached.ip, reached.port, path(service.path) || '/', review, now) ?? NO_TLS
}

/** What client-go makes of an answer that is no success (api/errors: NewGenericServerResponse). */
function httpError({ code, body }: WebhookAnswer): string {
  const said = typeof body === 'string' ? body.trim() : JSON.stringify(body)
  switch (code) {
    case 401:
      return 'the server has asked for the client to provide credentials'
    case 403:
      return said
    case 404:
      return 'the server could not find the requested resource'
    case 405:
      return 'the server does not allow this method on the requested resource'
    case 429:
      return 'the server has received too many requests and has asked us to try again later'
    case 503:
      return 'the server is currently unable to handle the request'
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request'
    default:
      if (code >= 500) return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`
      return code === 400 ? 'the server rejected our request for an unknown reason' : `the server responded with the status code ${code} but did not return more information`
  }
}

type Fields = Readonly<Record<string, JsonValue | undefined>>
const fieldsOf = (value: JsonValue | undefined): Fields | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined)

/** The response within a review, or what is wrong with it (VerifyAdmissionResponse). */
function verdictOf(body: JsonValue, uid: string, mutating: boolean): Verdict | string {
  const review = fieldsOf(body)
  const response = fieldsOf(review?.['response'])
  if (!response) return 'webhook response was absent'
  const { patch, patchType, allowed, status, warnings } = response
  if (review!['apiVersion'] !== 'admission.k8s.io/v1beta1') {
    if (response['uid'] !== uid) return `expected response.uid="${uid}", got "${String(response['uid'] ?? '')}"`
    if (mutating && patch !== undefined && patchType === undefined) return 'webhook returned response.patch but not response.patchType'
    if (mutating && patch === undefined && patchType !== undefined) return 'webhook returned response.patchType but not response.patch'
    if (!mutating && patch !== undefined) return 'validating webhook may not return response.patch'
    if (!mutating && patchType !== undefined) return 'validating webhook may not return response.patchType'
  }
  return { allowed: allowed === true, result: fieldsOf(status), patch: mutating && typeof patch === 'string' ? base64Decode(patch) : undefined, warnings: Array.isArray(warnings) ? warnings.map(String) : [] }
}
