import type { KubeList, KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { WatchDelivery } from '../../client/transport.ts'
import type { KubectlContext } from '../context.ts'
import { fail, refuse } from '../failure.ts'
import { parseGoDuration } from '../go-duration.ts'
import { jsonLine } from '../printer.ts'
import { getTarget, listTarget } from '../resources.ts'
import { tableOf } from '../server-table.ts'
import type { GetQuery } from './get.ts'
import { headOf, rowsOf } from './rows.ts'

/** Widths of columns so far: a watch's table only ever gets wider. */
interface Shown {
  readonly widths: readonly number[]
  readonly header: boolean
  readonly printed: number
}

/** `get -w` and `--watch-only`: the present state (or not), then a row for each event until interrupted. */
export function watchTarget(ctx: KubectlContext, query: GetQuery): number {
  const { inv, targets, named } = query
  if (new Set(targets.map((t) => t.kind)).size > 1 || (named && targets.length > 1)) fail('you may only specify a single resource type')
  if (inv.flags.text('sort-by')) ctx.err('warning: --watch requested, --sort-by will be ignored for watch events received\n')
  const target = targets[0]!
  const answer = ctx.call<KubeObject>(named ? getTarget(target) : listTarget(target, query.options)) as unknown
  if (isStatus(answer)) refuse(answer as Status)
  const list = answer as KubeList & KubeObject
  const objects = named ? [list as KubeObject] : list.items
  const resourceVersion = list.metadata.resourceVersion ?? ''
  let shown: Shown = { widths: [], header: query.headers, printed: 0 }
  if (!inv.flags.bool('watch-only') && objects.length > 0) {
    const { text, next } = render(query, shown, objects, 'ADDED', ctx.now)
    ctx.out(text)
    shown = next
  }
  const fieldSelector = named ? `metadata.name=${target.name}` : query.options.fieldSelector
  const spec = {
    group: target.kind.group, version: target.kind.version, resource: target.kind.plural, namespace: target.kind.namespaced ? target.namespace : undefined,
    labelSelector: query.options.labelSelector, fieldSelector, resourceVersion,
  }
  const asked = inv.flags.text('request-timeout')
  const timeout = asked === '0' || asked === '' ? undefined : (parseGoDuration(asked) ?? Number(asked) * 1_000_000)
  ctx.follow<Shown, number>(
    spec,
    shown,
    (state, event: WatchDelivery) => {
      if (event.type === 'EXPIRED' || event.type === 'SYNC' || !event.object) return { state }
      const { text, next } = render(query, state, [event.object], event.type, ctx.now)
      ctx.out(text)
      return { state: next }
    },
    timeout,
  )
  return 0
}

function render(query: GetQuery, shown: Shown, objects: readonly KubeObject[], type: string, now: number): { readonly text: string; readonly next: Shown } {
  const { printer, rows } = query
  if (printer) return { text: printed(query, shown, objects, type), next: { ...shown, header: false, printed: shown.printed + objects.length } }
  const kind = query.targets[0]!.kind
  const table = tableOf(kind, objects, now)
  const options = { ...rows, namespaces: rows.namespaces && kind.namespaced }
  const lines = [...(shown.header ? [headOf(table, options)] : []), ...rowsOf(kind, table, options, type)]
  const widths = [...shown.widths]
  for (const line of lines) line.slice(0, -1).forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 6, cell.length + 3)))
  const text = lines.map((line) => `${line.map((cell, i) => (i < line.length - 1 ? cell.padEnd(widths[i]!) : cell)).join('')}\n`).join('')
  return { text, next: { widths, header: false, printed: shown.printed + objects.length } }
}

function printed({ printer, rows, headers }: GetQuery, shown: Shown, objects: readonly KubeObject[], type: string): string {
  return objects
    .map((object, i) => {
      if (rows.events && printer!.format === 'json') return jsonLine({ type, object })
      const text = printer!.one(object)
      if (printer!.format === 'yaml') return shown.printed + i > 0 ? `---\n${text}` : text
      if (!printer!.format.startsWith('custom-columns')) return text
      return shown.header && headers && i === 0 ? text : text.slice(text.indexOf('\n') + 1)
    })
    .join('')
}
