import type { KubeObject } from '../../../api/meta.ts'
import { internalError, type Status } from '../../../api/status.ts'
import type { Webhook, WebhookConfiguration } from '../../../kinds/admission-types.ts'
import type { Execution } from '../../execution.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { connectionError, hostError } from '../../within/reaching.ts'
import { baseActivation } from './activation.ts'
import { compileConditions, conditionsHold, type Expression } from './conditions.ts'
import { isExempt, occasionOf, ruleMatches, selectorsMatch, type Occasion } from './matching.ts'

const compiled = new WeakMap<Webhook, readonly Expression[]>()

function conditionsOf(hook: Webhook): readonly Expression[] {
  let found = compiled.get(hook)
  if (!found) compiled.set(hook, (found = compileConditions(hook.matchConditions, false)))
  return found
}

/** Where a webhook is called, as its client writes the address (apiserver: pkg/util/webhook, client.go). */
function addressOf({ clientConfig, timeoutSeconds = 10 }: Webhook): string {
  const { service, url = '' } = clientConfig ?? {}
  const base = service ? `https://${service.name ?? ''}.${service.namespace ?? ''}.svc:${service.port ?? 443}${path(service.path)}` : url
  return `${base}${base.includes('?') ? '&' : '?'}timeout=${timeoutSeconds}s`
}

const path = (text = ''): string => (text === '' || text.startsWith('/') ? text : `/${text}`)

/** Why the call fails: there is no server for webhooks among what can run here, but much that can be missing before. */
function reasonOf({ store, means, now }: Execution, { clientConfig }: Webhook): string {
  const { service, url = '' } = clientConfig ?? {}
  if (service) return connectionError(store, (ip, port) => means.podListens(ip, port, now), service.namespace ?? '', service.name ?? '', service.port ?? 443)
  const [, host = '', port = '443'] = /^https:\/\/(?:[^@/]*@)?([^/:?#]*|\[[^\]]*\])(?::(\d+))?/.exec(url) ?? []
  return hostError(host, Number(port))
}

/** The first webhook that would have to be asked and whose silence refuses the request. */
function unanswered(exec: Execution, configurations: string, occasion: Occasion): Status | undefined {
  const { store } = exec
  if (store.count(configurations) === 0 || isExempt(exec)) return undefined
  let base: Readonly<Record<string, unknown>> | undefined
  for (const key of store.keys(configurations))
    for (const hook of (store.get(key) as WebhookConfiguration).webhooks ?? []) {
      if (!hook.rules?.some((rule) => ruleMatches(rule, occasion)) || !selectorsMatch(hook, occasion)) continue
      const holds = conditionsHold(conditionsOf(hook), (base ??= baseActivation(occasion)))
      if (holds === false || hook.failurePolicy === 'Ignore') continue
      const why = typeof holds === 'object' ? holds.error : `Post "${addressOf(hook)}": ${reasonOf(exec, hook)}`
      return internalError(`failed calling webhook "${hook.name}": failed to call webhook: ${why}`)
    }
  return undefined
}

/** Nothing here serves webhooks, so every call fails for the reason that it would fail for, and failurePolicy decides (admission/plugin/webhook/mutating). */
export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  subresources: ['*'],
  admit: (exec, object, old) => (exec.trail.reinvoked ? undefined : unanswered(exec, 'mutatingwebhookconfigurations', occasionOf(exec, object, old))) ?? object,
}

/** Like the mutating ones (admission/plugin/webhook/validating). */
export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  subresources: ['*'],
  validate: (exec, object, old) => unanswered(exec, 'validatingwebhookconfigurations', occasionOf(exec, object, old)),
  refuseDeletion: (exec: Execution, old: KubeObject) => unanswered(exec, 'validatingwebhookconfigurations', occasionOf(exec, undefined, old)),
}
