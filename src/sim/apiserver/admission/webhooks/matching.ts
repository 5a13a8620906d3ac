import type { KubeObject } from '../../../api/meta.ts'
import { forbidden, type Status } from '../../../api/status.ts'
import type { Webhook } from '../../../kinds/admission-types.ts'
import type { CustomResourceDefinition } from '../../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { KindDefinition } from '../../../kinds/definition.ts'
import { scheme } from '../../../kinds/index.ts'
import { convertedTo } from '../../custom/converting.ts'
import { customKind, type CustomKind } from '../../custom/kind.ts'
import type { Execution } from '../../execution.ts'
import { collectionOf } from '../../keys.ts'
import { baseActivation } from '../policies/activation.ts'
import { compileConditions, conditionsHold, type Expression } from '../policies/conditions.ts'
import { ruleMatches, selectorsMatch, type Occasion } from '../policies/matching.ts'

/** What a webhook is shown: the request's objects in the version that its rules name. */
interface Seen {
  readonly kind: KindDefinition
  readonly object: KubeObject | undefined
  readonly old: KubeObject | undefined
}

/** A webhook that has to be asked about a request. */
export interface Matched {
  readonly hook: Webhook
  readonly occasion: Occasion
  readonly seen: Seen
}

const compiled = new WeakMap<Webhook, readonly Expression[]>()

function conditionsOf(hook: Webhook): readonly Expression[] {
  let found = compiled.get(hook)
  if (!found) compiled.set(hook, (found = compileConditions(hook.matchConditions, false)))
  return found
}

/** Has this webhook to be asked (webhook/generic: ShouldCallHook)? A refusal where its conditions fail and it fails closed. */
export function matched(hook: Webhook, occasion: Occasion): Matched | Status | undefined {
  if (!selectorsMatch(hook, occasion)) return undefined
  const seen = seenBy(hook, occasion)
  if (!seen) return undefined
  if (hook.matchConditions?.length) {
    const holds = conditionsHold(conditionsOf(hook), baseActivation({ ...occasion, object: seen.object, old: seen.old }))
    if (typeof holds === 'object') {
      const { kind, name } = occasion.exec
      return hook.failurePolicy === 'Ignore' ? undefined : forbidden({ group: kind.group, resource: kind.plural }, name || (occasion.object ?? occasion.old)?.metadata.name || '', holds.error)
    }
    if (!holds) return undefined
  }
  return { hook, occasion, seen }
}

/** The request as the webhook's rules name it, or with the policy Equivalent in another version of its kind. */
function seenBy({ rules = [], matchPolicy = 'Equivalent' }: Webhook, occasion: Occasion): Seen | undefined {
  const { exec, object, old } = occasion
  if (rules.some((rule) => ruleMatches(rule, occasion))) return { kind: exec.kind, object, old }
  if (matchPolicy !== 'Equivalent') return undefined
  const others = equivalents(exec)
  for (const rule of rules)
    for (const kind of others) if (ruleMatches(rule, { ...occasion, exec: { ...exec, kind } })) return { kind, object: object && converted(exec, object, exec.kind, kind), old: old && converted(exec, old, exec.kind, kind) }
  return undefined
}

/** Other versions of a kind whose objects are the same ones. */
function equivalents({ kind, store }: Execution): readonly KindDefinition[] {
  const collection = collectionOf(kind)
  if (!kind.custom) return scheme.kinds.filter((other) => other !== kind && collectionOf(other) === collection && (other.storedAs !== undefined) !== (kind.storedAs !== undefined))
  const crd = store.get(`customresourcedefinitions/${collection}`) as CustomResourceDefinition | undefined
  return (crd?.spec.versions ?? []).filter(({ name }) => name !== kind.version).flatMap(({ name }) => customKind(crd!, name) ?? [])
}

/** An object in another version of its kind. */
export function converted(exec: Execution, object: KubeObject, from: KindDefinition, to: KindDefinition): KubeObject {
  if (from === to) return object
  if (to.custom && (to as CustomKind).conversion) return convertedTo(to, object, exec, exec.trail)
  const stored = from.storedAs ? from.storedAs.toStored(object) : object
  return to.storedAs ? to.storedAs.fromStored(stored) : stored
}
