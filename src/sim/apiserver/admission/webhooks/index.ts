import { semanticEqual } from '../../../api/deep.ts'
import type { JsonValue, KubeObject } from '../../../api/meta.ts'
import { JsonPatchError, jsonPatch } from '../../../api/patch/json-patch.ts'
import { validateStructure } from '../../../api/schema/structure.ts'
import { badRequest, internalError, isStatus, type Status } from '../../../api/status.ts'
import type { Webhook, WebhookConfiguration } from '../../../kinds/admission-types.ts'
import type { KindDefinition } from '../../../kinds/definition.ts'
import { decodeCustom, type CustomKind } from '../../custom/kind.ts'
import type { Execution } from '../../execution.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { connection, isExempt, occasionOf, type Occasion } from '../policies/matching.ts'
import { ELSEWHERE, settled } from '../policies/settling.ts'
import { call, type Verdict } from './calling.ts'
import { converted, matched, type Matched } from './matching.ts'

/** All webhooks of a kind of configurations, by the names of these; the key tells them apart. */
function hooksIn({ store }: Execution, configurations: string): readonly (readonly [key: string, hook: Webhook])[] {
  return store.keys(configurations).flatMap((key) => ((store.get(key) as WebhookConfiguration).webhooks ?? []).map((hook) => [`${key}/${hook.name}`, hook] as const))
}

const nobodyAsks = (exec: Execution, configurations: string): boolean => exec.store.count(configurations) === 0 || isExempt(exec)

/** A webhook's verdict; undefined where its silence is allowed; a refusal where it is not, or where it says no. */
function asked(match: Matched, object: KubeObject | undefined, mutating: boolean): { readonly verdict: Verdict | Status | undefined; readonly waited: number } {
  const { hook, occasion } = match
  const { exec } = occasion
  if (exec.options.dryRun && hook.sideEffects !== 'None' && hook.sideEffects !== 'NoneOnDryRun') return { verdict: badRequest(`admission webhook "${hook.name}" does not support dry run`), waited: 0 }
  const { end, waited } = call(match, object, mutating)
  if ('failure' in end) return { verdict: hook.failurePolicy === 'Ignore' ? undefined : internalError(`failed calling webhook "${hook.name}": ${end.failure}`), waited }
  exec.warnings.push(...end.warnings)
  return { verdict: end.allowed ? end : denial(hook.name, end), waited }
}

/** apiserver: admission/plugin/webhook/errors, ToStatusErr. */
function denial(name: string, { result = {} }: Verdict): Status {
  const { code = 0, reason = '', message = '' } = result
  const denied = `admission webhook "${name}" denied the request`
  const said = message || reason
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: said ? `${denied}: ${said}` : `${denied} without explanation`, ...(reason ? { reason } : {}), code: Math.max(code, 400) } as Status
}

/**
 * Asks webhooks one after the other and applies their patches. Once one has changed the object the whole chain runs a second time, with those
 * that want it (`IfNeeded`) and were asked before the change (admission/plugin/webhook/mutating, dispatcher.go and reinvocationcontext.go).
 */
export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  subresources: ['*'],
  admit(exec, object, old) {
    if (nobodyAsks(exec, 'mutatingwebhookconfigurations')) return object
    const hooks = (exec.trail.hooks ??= { asked: new Set(), again: new Set(), last: object })
    const isSecond = exec.trail.second === true
    const demandAll = (): void => {
      for (const key of hooks.asked) hooks.again.add(key)
      hooks.asked.clear()
    }
    if (isSecond && !semanticEqual(hooks.last, object)) demandAll()
    let current = object
    for (const [key, hook] of hooksIn(exec, 'mutatingwebhookconfigurations')) {
      const match = matched(hook, occasionOf(exec, current, old))
      if (!match) continue
      if (isStatus(match)) return match
      if (isSecond && !hooks.again.has(key)) continue
      const { verdict, waited } = asked(match, match.seen.object, true)
      exec.trail.waited = (exec.trail.waited ?? 0) + waited
      if (isStatus(verdict)) return verdict
      const next = verdict?.patch === undefined ? current : patched(match, current, verdict.patch)
      if (isStatus(next)) return next
      if (next !== current) {
        demandAll()
        exec.trail.runAgain = true
      }
      if (hook.reinvocationPolicy === 'IfNeeded') hooks.asked.add(key)
      current = next
    }
    hooks.last = current
    return current.metadata.namespace === object.metadata.namespace ? current : badRequest(ELSEWHERE)
  },
  connect(exec, options) {
    if (nobodyAsks(exec, 'mutatingwebhookconfigurations')) return options
    let current = options
    for (const [, hook] of hooksIn(exec, 'mutatingwebhookconfigurations')) {
      const match = matched(hook, connection(exec, current))
      if (!match) continue
      if (isStatus(match)) return match
      const { verdict, waited } = asked(match, current, true)
      exec.trail.waited = (exec.trail.waited ?? 0) + waited
      if (isStatus(verdict)) return verdict
      const next = verdict?.patch === undefined ? current : repatched(hook, current, verdict.patch, (changed) => changed)
      if (isStatus(next)) return next
      current = next
    }
    return current
  },
}

/** The object after a patch to the version that the webhook saw; the same reference where nothing has changed. */
function patched({ hook, occasion, seen }: Matched, current: KubeObject, text: string): KubeObject | Status {
  const { exec } = occasion
  return repatched(hook, seen.object!, text, (changed) => {
    const known = withoutUnknown(seen.kind, changed)
    if (isStatus(known)) return internalError(known.message ?? '')
    return settled(exec, current, converted(exec, known, seen.kind, exec.kind))
  })
}

/** Applies a webhook's patch and hands the result on; what is wrong with the patch is the server's own failure. */
function repatched(hook: Webhook, object: KubeObject, text: string, then: (changed: KubeObject) => KubeObject | Status): KubeObject | Status {
  try {
    return then(jsonPatch(object as unknown as JsonValue, JSON.parse(text) as JsonValue) as unknown as KubeObject)
  } catch (reason) {
    if (reason instanceof SyntaxError) return internalError(`failed calling webhook "${hook.name}": received undecodable patch in webhook response: ${reason.message}`)
    if (!(reason instanceof JsonPatchError)) throw reason
    return internalError(reason.message)
  }
}

/** What no schema knows is dropped. */
function withoutUnknown(kind: KindDefinition, object: KubeObject): KubeObject | Status {
  if (kind.custom) return decodeCustom(kind as CustomKind, object).object
  const checked = validateStructure(object, 'Ignore', [])
  return isStatus(checked) ? checked : checked.object
}

/** All are asked at once; the first refusal counts, the slowest decides how long it takes (admission/plugin/webhook/validating, dispatcher.go). */
export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  subresources: ['*'],
  validate: (exec, object, old) => judged(exec, occasionOf(exec, object, old)),
  refuseDeletion: (exec: Execution, old: KubeObject) => judged(exec, occasionOf(exec, undefined, old)),
  connect: (exec, options) => judged(exec, connection(exec, options)) ?? options,
}

function judged(exec: Execution, occasion: Occasion): Status | undefined {
  if (nobodyAsks(exec, 'validatingwebhookconfigurations')) return undefined
  const matches = hooksIn(exec, 'validatingwebhookconfigurations').flatMap(([, hook]) => matched(hook, occasion) ?? [])
  const refused = matches.find((match) => isStatus(match))
  if (refused) return refused as Status
  const answers = (matches as readonly Matched[]).map((match) => asked(match, match.seen.object, false))
  if (answers.length > 0) exec.trail.waited = (exec.trail.waited ?? 0) + Math.max(...answers.map(({ waited }) => waited))
  return answers.map(({ verdict }) => verdict).find((verdict): verdict is Status => verdict !== undefined && isStatus(verdict))
}
