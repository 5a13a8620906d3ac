import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { choose, NO_RESOURCES, type Chosen } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { relaxed } from '../custom-columns.ts'
import { fail, Failure, statusText } from '../failure.ts'
import { JsonPath, printed } from '../jsonpath.ts'
import { objectName, getTarget, targetsOf, type Target } from '../resources.ts'
import { waitUntilGone } from '../wait-gone.ts'

export const waitVerb: Verb = {
  name: 'wait',
  summary: 'Wait until a condition holds',
  usage: ['kubectl wait --for=condition=Available deploy/web --timeout=60s', 'kubectl wait --for=delete pod/web-1', "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web-1"],
  run: wait,
}

type Holds = (object: KubeObject) => boolean

function wait(ctx: KubectlContext, inv: Invocation): number {
  const words = inv.flags.list('for').join(',')
  const timeout = timeoutOf(inv)
  if (words === 'create') return waitForCreation(ctx, inv, timeout)
  const holds = words === 'delete' ? undefined : conditionOf(words)
  const choice = choose(ctx, inv, { nothing: NO_RESOURCES })
  const problems = choice.problems.filter((p) => !(words === 'delete' && p.includes('(NotFound)')))
  if (choice.chosen.length === 0 && problems.length === 0) {
    if (words === 'delete') return 0
    fail('no matching resources found')
  }
  const late: string[] = []
  const end = ctx.now + timeout
  for (const one of choice.chosen) {
    const left = Math.max(1, end - ctx.now)
    // Later ones get what the first ones have left of the time.
    const met = one !== choice.chosen[0] && timeout > 0 && ctx.now >= end ? false : holds ? waitFor(ctx, one, holds, left) : waitUntilGone(ctx, one.target, one.object.metadata.uid ?? '', left)
    const name = objectName(one.target.kind, one.target.name!)
    if (met && inv.flags.text('output') === 'name') ctx.out(`${name}\n`)
    else if (met) ctx.out(`${name} condition met\n`)
    else late.push(`timed out waiting for the condition on ${one.target.kind.plural}/${one.target.name}`)
  }
  if (late.length === 1 && problems.length === 0) fail(late[0]!)
  if (late.length + problems.length > 0) throw new Failure([...problems, ...late].join('\n'))
  return 0
}

/** 0 checks once, a negative one means a week. */
function timeoutOf(inv: Invocation): Micros {
  const given = inv.flags.duration('timeout')
  return given < 0 ? seconds(7 * 24 * 3600) : given
}

function conditionOf(words: string): Holds {
  if (words === '') return fail('unrecognized condition: []')
  const condition = /^condition=([^=]+)(?:=(.*))?$/.exec(words)
  if (condition) return withCondition(condition[1]!, condition[2] ?? 'true')
  if (words.startsWith('jsonpath=')) return withPath(words.slice('jsonpath='.length))
  return fail(`unrecognized condition: ${JSON.stringify(words)}`)
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[]; readonly observedGeneration?: number }
}

const withCondition =
  (type: string, wanted: string): Holds =>
  (object) => {
    const { status, metadata } = object as Conditioned
    if (status?.observedGeneration !== undefined && metadata.generation !== undefined && status.observedGeneration < metadata.generation) return false
    const found = status?.conditions?.find((c) => c.type.toLowerCase() === type.toLowerCase())
    return found?.status.toLowerCase() === wanted.toLowerCase()
  }

function withPath(text: string): Holds {
  if (text === '') return fail('jsonpath expression cannot be empty')
  const close = text.lastIndexOf('}')
  const eq = text.indexOf('=', close + 1)
  const expression = eq < 0 ? text : text.slice(0, eq)
  const wanted = eq < 0 ? undefined : text.slice(eq + 1)
  if (wanted === '') return fail('jsonpath wait has to have a value after equal sign')
  const path = new JsonPath(relaxed(expression.replace(/^['"]|['"]$/g, '')))
  return (object) => {
    const found = path.find(object as unknown as JsonValue).flat()
    if (wanted === undefined) return found.length > 0
    return found.length === 1 && printed(found[0]!) === wanted.replace(/^['"]|['"]$/g, '')
  }
}

function waitFor(ctx: KubectlContext, { target, object }: Chosen, holds: Holds, timeout: Micros): boolean {
  if (holds(object)) return true
  const { kind } = target
  const met = ctx.follow<null, boolean>(
    { group: kind.group, version: kind.version, resource: kind.plural, namespace: kind.namespaced ? target.namespace : undefined, fieldSelector: `metadata.name=${target.name}`, resourceVersion: object.metadata.resourceVersion },
    null,
    (_state, event) => (event.object && event.type !== 'DELETED' && holds(event.object) ? { done: true } : { state: null }),
    timeout,
  )
  return met ?? false
}

function waitForCreation(ctx: KubectlContext, inv: Invocation, timeout: Micros): number {
  if (inv.args.length === 0) fail(NO_RESOURCES)
  for (const target of targetsOf(inv.args, inv.namespace).targets) {
    if (target.name === undefined) fail('resource(s) were provided, but no name was specified')
    if (!created(ctx, target, timeout)) fail('timed out waiting for the condition')
    ctx.out(`${objectName(target.kind, target.name!)} condition met\n`)
  }
  return 0
}

function created(ctx: KubectlContext, target: Target, timeout: Micros): boolean {
  const now = ctx.call(getTarget(target)) as KubeObject | Status
  if (!isStatus(now)) return true
  if (!isNotFound(now)) throw new Failure(statusText(now))
  const { kind } = target
  const met = ctx.follow<null, boolean>(
    { group: kind.group, version: kind.version, resource: kind.plural, namespace: kind.namespaced ? target.namespace : undefined, fieldSelector: `metadata.name=${target.name}` },
    null,
    (_state, event) => (event.type === 'ADDED' || (event.type === 'SYNC' && (event.items?.length ?? 0) > 0) ? { done: true } : { state: null }),
    Math.max(1, timeout),
  )
  return met ?? false
}
