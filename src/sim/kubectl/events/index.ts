import type { JsonValue, KubeList, KubeObject } from '../../api/meta.ts'
import { inGoOrder } from '../../api/go-order.ts'
import { isStatus } from '../../api/status.ts'
import { EVENTS, list } from '../../client/request.ts'
import type { Micros } from '../../engine/time.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { eventAge, lastSeen, type EventObject } from '../event-text.ts'
import { discovery } from '../discovery.ts'
import { fail, Failure, refuse } from '../failure.ts'
import { layoutTable } from '../print-table.ts'
import { prettyJson } from '../print-json.ts'
import { printerOf } from '../printer.ts'
import { targetsOf } from '../resources.ts'

export const eventsVerb: Verb = {
  name: 'events',
  summary: 'List what happened lately',
  usage: ['kubectl events', 'kubectl events --for deploy/web', 'kubectl events --types=Warning -A'],
  run: events,
}

function events(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  if (inv.args.length > 0) fail(`unknown command ${JSON.stringify(inv.args.join(' '))}\nSee 'kubectl events -h' for help and examples`)
  const types = flags.list('types')
  for (const type of types) if (!['normal', 'warning'].includes(type.toLowerCase())) fail('valid --types are Normal or Warning')
  const everywhere = flags.bool('all-namespaces')
  const printer = printerOf(ctx, inv, [], false, ['custom-columns', 'custom-columns-file'])
  const subject = flags.list('for')[0]
  const fieldSelector = subject ? about(subject, inv.namespace) : undefined
  const answer = ctx.call(list(EVENTS, everywhere ? undefined : inv.namespace, { fieldSelector })) as unknown
  if (isStatus(answer)) refuse(answer)
  const { items, metadata } = answer as KubeList
  const wanted = (e: EventObject): boolean => types.length === 0 || types.some((t) => t.toLowerCase() === (e.type ?? '').toLowerCase())
  const found = (items as readonly EventObject[]).filter(wanted).sort((a, b) => lastSeen(a) - lastSeen(b))
  if (printer) {
    // One list object, which has no name of its own.
    const all = { kind: 'EventList', apiVersion: 'v1', metadata: {}, items: found.map((e) => ({ ...e, apiVersion: 'v1', kind: 'Event' })) } as unknown as KubeObject
    ctx.out(printer.format === 'name' ? '' : printer.format === 'json' ? `${prettyJson(inGoOrder(all as unknown as JsonValue), '    ', '', false)}\n` : printer.one(all))
  }
  else if (found.length > 0) ctx.out(layoutTable([...(flags.bool('no-headers') ? [] : [head(everywhere)]), ...found.map((e) => row(e, everywhere, ctx.now))]))
  else if (!flags.bool('watch')) ctx.err(everywhere ? 'No events found.\n' : `No events found in ${inv.namespace} namespace.\n`)
  if (!flags.bool('watch')) return 0
  const first = found.length === 0 && !flags.bool('no-headers')
  ctx.follow<boolean, number>({ ...EVENTS, namespace: everywhere ? undefined : inv.namespace, fieldSelector, resourceVersion: metadata.resourceVersion }, first, (header, event) => {
    if (!event.object || event.type === 'DELETED' || !wanted(event.object as EventObject)) return { state: header }
    ctx.out(layoutTable([...(header ? [head(everywhere)] : []), row(event.object as EventObject, everywhere, ctx.now)]))
    return { state: false }
  })
  return 0
}

function about(subject: string, namespace: string): string {
  const [type] = subject.split('/')
  if (type && subject.includes('/') && !discovery.resourceFor(type)) throw new Failure(`the server doesn't have a resource type ${JSON.stringify(type)}`)
  const { kind, name } = targetsOf(subject.includes('/') ? [subject] : fail(`--for must be in resource/name form`), namespace).targets[0]!
  return `involvedObject.kind=${kind.kind},involvedObject.name=${name}`
}

const head = (everywhere: boolean): readonly string[] => [...(everywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']
const row = (e: EventObject, everywhere: boolean, now: Micros): readonly string[] => [
  ...(everywhere ? [e.metadata.namespace ?? ''] : []), eventAge(e, now), e.type ?? '', e.reason ?? '', `${e.involvedObject?.kind}/${e.involvedObject?.name}`, (e.message ?? '').trim(),
]
