import type { KubeList, KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import { get, NAMESPACES } from '../../client/request.ts'
import { choose, type Chosen } from '../chosen.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { Failure, statusText } from '../failure.ts'
import { namesFiles } from '../files.ts'
import { getTarget, listTarget, targetsOf, type Target } from '../resources.ts'
import { alignTabs } from '../tab-writer.ts'
import { describers } from './describers.ts'
import { eventsAbout, eventsText } from '../event-text.ts'
import { generic } from './generic.ts'

export const describeVerb: Verb = {
  name: 'describe',
  summary: 'Tell about an object at length, with its events',
  usage: ['kubectl describe pod web-1', 'kubectl describe deploy/web', 'kubectl describe nodes', 'kubectl describe pods -l app=web'],
  run: describe,
}

function describe(ctx: KubectlContext, inv: Invocation): number {
  const { chosen, problems, byPrefix } = find(ctx, inv)
  if (chosen.length === 0 && problems.length === 0) {
    ctx.err(`No resources found${inv.flags.bool('all-namespaces') || inv.args.length === 0 || !targetsOf(inv.args, inv.namespace).targets[0]!.kind.namespaced ? '' : ` in ${inv.namespace} namespace.`}\n`)
    return 0
  }
  // Several objects are shown without their events unless they are asked for.
  const withEvents = inv.flags.given('show-events') ? inv.flags.bool('show-events') : chosen.length === 1 && !byPrefix
  chosen.forEach((one, i) => ctx.out(`${i > 0 ? '\n\n' : ''}${textOf(ctx, withEvents, one)}`))
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  return 0
}

/** Named objects, or those whose names begin so, or all of a kind. */
function find(ctx: KubectlContext, inv: Invocation): { readonly chosen: readonly Chosen[]; readonly problems: readonly string[]; readonly byPrefix?: boolean } {
  if (inv.args.length === 0 && !namesFiles(inv.flags)) throw new Failure('error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.')
  if (inv.args.length === 0 || namesFiles(inv.flags)) return choose(ctx, inv)
  const { targets, named } = targetsOf(inv.args, inv.namespace)
  if (!named || inv.flags.text('selector')) return choose(ctx, inv, { bare: 'all' })
  const chosen: Chosen[] = []
  const problems: string[] = []
  let byPrefix = false
  for (const target of targets) {
    const answer = ctx.call(getTarget(target)) as KubeObject
    if (!isStatus(answer)) chosen.push({ target, object: answer })
    else if (!isNotFound(answer)) problems.push(statusText(answer))
    else {
      const list = ctx.call(listTarget(target)) as unknown as KubeList
      const near = isStatus(list) ? [] : list.items.filter((o) => o.metadata.name.startsWith(target.name!))
      if (near.length === 0) problems.push(statusText(homeless(ctx, target) ?? answer))
      else byPrefix = true
      for (const o of near) chosen.push({ target: { ...target, name: o.metadata.name }, object: { ...o, apiVersion: o.apiVersion ?? list.apiVersion, kind: o.kind ?? target.kind.kind } })
    }
  }
  return { chosen, problems, byPrefix }
}

/** The refusal when the namespace itself is not there, which describe tells instead. */
function homeless(ctx: KubectlContext, { namespace }: Target): Status | undefined {
  if (!namespace) return undefined
  const answer = ctx.call(get(NAMESPACES, undefined, namespace)) as KubeObject | Status
  return isNotFound(answer) ? (answer as Status) : undefined
}

function textOf(ctx: KubectlContext, withEvents: boolean, { target, object }: Chosen): string {
  const describer = describers[target.kind.kind] ?? generic
  const { text, events } = describer(ctx, object)
  return alignTabs(`${text}${events && withEvents ? eventsText(eventsAbout(ctx, object), ctx.now) : ''}`)
}
