import type { KubeList, KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { Request, RequestOptions } from '../../client/request.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, listStatusText, statusText } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { layoutTable } from '../print-table.ts'
import { printerOf, type Printer } from '../printer.ts'
import { sendRaw } from '../raw.ts'
import { getTarget, listTarget, targetsOf, type Target } from '../resources.ts'
import type { ServerTable } from '../server-table.ts'
import { sortRows } from '../sort-by.ts'
import { headOf, rowsOf, type RowOptions } from './rows.ts'
import { watchTarget } from './watch.ts'

export const getVerb: Verb = {
  name: 'get',
  summary: 'List objects, in tables or in full',
  usage: ['kubectl get pods', 'kubectl get deploy web -o yaml', 'kubectl get pods -A -o wide', 'kubectl get rs,pods -l app=web -w'],
  run: get,
}

/** What `get` was asked for, checked. */
export interface GetQuery {
  readonly inv: Invocation
  readonly targets: readonly Target[]
  readonly named: boolean
  readonly everywhere: boolean
  readonly printer: Printer | undefined
  readonly rows: RowOptions
  readonly options: RequestOptions
  readonly headers: boolean
}

function get(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  if (flags.given('raw')) return sendRaw(ctx, inv, 'GET')
  const query = queryOf(ctx, inv)
  if (flags.bool('watch') || flags.bool('watch-only')) return watchTarget(ctx, query)
  const problems: string[] = []
  if (query.printer) printObjects(ctx, query, problems)
  else printTables(ctx, query, problems)
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  return 0
}

function queryOf(ctx: KubectlContext, inv: Invocation): GetQuery {
  const { flags } = inv
  const everywhere = flags.bool('all-namespaces')
  const fromFiles = namesFiles(flags)
  if (inv.args.length === 0 && !fromFiles)
    throw new Failure(
      'error: You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples'.replace('error: You', 'You'),
    )
  const printer = printerOf(ctx, inv, ['wide'])
  if (flags.bool('show-labels') && printer && !['name', 'custom-columns', 'custom-columns-file'].includes(printer.format)) fail(`--show-labels option cannot be used with ${printer.format} printer`)
  const { targets, named } = fromFiles ? fileTargets(ctx, inv) : targetsOf(inv.args, inv.namespace)
  if (named && !fromFiles && everywhere) fail('a resource cannot be retrieved by name across all namespaces')
  const selector = flags.text('selector')
  const fields = flags.text('field-selector')
  if (named && (selector || fields)) fail('name cannot be provided when a selector is specified')
  return {
    inv, named, everywhere, printer,
    targets: everywhere ? targets.map((t) => ({ ...t, namespace: undefined })) : targets,
    rows: {
      wide: flags.text('output') === 'wide', namespaces: everywhere, labels: flags.bool('show-labels'), labelColumns: flags.list('label-columns'),
      kinds: flags.bool('show-kind'), events: flags.bool('output-watch-events'),
    },
    options: { labelSelector: selector || undefined, fieldSelector: fields || undefined, ...(flags.bool('show-managed-fields') ? { managedFields: true } : {}) },
    headers: !flags.bool('no-headers'),
  }
}

function fileTargets(ctx: KubectlContext, inv: Invocation): { readonly targets: readonly Target[]; readonly named: boolean } {
  const entries = entriesOf(ctx, inv)
  const problems = entries.flatMap((e) => e.problem ?? [])
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  return { targets: entries.map((e) => e.target!), named: true }
}

/** Is this answer an error to tell of? Absent objects are none with --ignore-not-found. */
function problemOf(answer: unknown, inv: Invocation, request: Request): string | undefined {
  if (!isStatus(answer)) return undefined
  if (isNotFound(answer) && inv.flags.bool('ignore-not-found')) return ''
  return request.verb === 'list' ? listStatusText(answer as Status, request) : statusText(answer as Status)
}

function printTables(ctx: KubectlContext, query: GetQuery, problems: string[]): void {
  const { inv, targets, named, rows } = query
  const options: RequestOptions = { ...query.options, asTable: true }
  const requests = targets.map((t) => (t.name !== undefined && named ? getTarget(t, options) : listTarget(t, options)))
  const answers = ctx.all<never>(requests) as readonly unknown[]
  // Kinds stand before names as soon as answers of several kinds came, empty ones too.
  const several = new Set(targets.filter((_t, i) => !isStatus(answers[i])).map((t) => t.kind)).size > 1
  const tables: { target: Target; table: ServerTable }[] = []
  answers.forEach((answer, i) => {
    const problem = problemOf(answer, inv, requests[i]!)
    if (problem) problems.push(problem)
    if (isStatus(answer)) return
    const target = targets[i]!
    const same = tables.find((t) => t.target.kind === target.kind && !namesFiles(inv.flags))
    const table = answer as ServerTable
    if (same && named) same.table = { ...same.table, rows: [...same.table.rows, ...table.rows] }
    else if (table.rows.length > 0) tables.push({ target, table })
  })
  if (tables.length === 0) return nothingFound(ctx, query, problems)
  tables.forEach(({ target, table }, i) => {
    const sorted = sortedTable(query, table)
    if (!sorted) return nothingFound(ctx, query, problems)
    const shown = { ...rows, kinds: rows.kinds || several, namespaces: rows.namespaces && target.kind.namespaced }
    const head = query.headers ? [headOf(sorted, shown)] : []
    ctx.out(`${i > 0 && query.headers ? '\n' : ''}${layoutTable([...head, ...rowsOf(target.kind, sorted, shown)])}`)
  })
}

/** The table in the order of --sort-by; undefined where no object has the field, which kubectl takes for "nothing found". */
function sortedTable({ inv, targets }: GetQuery, table: ServerTable): ServerTable | undefined {
  const path = inv.flags.text('sort-by')
  if (!path) return table
  if (new Set(targets.map((t) => t.kind)).size > 1) fail(`couldn't find any field with path "{${path.replace(/^\{|\}$/g, '')}}" in the list of objects`)
  if (!/^\{?\.?[^{}]+\}?$/.test(path) || (path.startsWith('{') && !path.endsWith('}'))) return undefined
  const { rows, found } = sortRows(table.rows, (r) => r.object, path)
  return found ? { ...table, rows } : undefined
}

function nothingFound(ctx: KubectlContext, { inv, targets, everywhere }: GetQuery, problems: readonly string[]): void {
  if (problems.length > 0 || inv.flags.bool('ignore-not-found')) return
  const where = !everywhere && targets.every((t) => t.kind.namespaced) ? ` in ${inv.namespace} namespace.` : ''
  ctx.err(`No resources found${where}\n`)
}

function printObjects(ctx: KubectlContext, query: GetQuery, problems: string[]): void {
  const { inv, targets, named, printer } = query
  const requests = targets.map((t) => (named ? getTarget(t, query.options.managedFields ? { managedFields: true } : undefined) : listTarget(t, query.options)))
  const answers = ctx.all<KubeObject>(requests) as readonly unknown[]
  const objects: KubeObject[] = []
  for (const [i, answer] of answers.entries()) {
    const problem = problemOf(answer, inv, requests[i]!)
    if (problem) problems.push(problem)
    if (isStatus(answer)) continue
    const list = answer as KubeList
    if (named) objects.push(answer as KubeObject)
    else objects.push(...list.items.map((item) => ({ ...item, apiVersion: item.apiVersion ?? list.apiVersion, kind: item.kind ?? list.kind.replace(/List$/, '') })))
  }
  if (named && objects.length === 0) return
  const path = inv.flags.text('sort-by')
  const sorted = path ? sortRows(objects, (o) => o, path).rows : objects
  const text = named && targets.length === 1 ? printer!.one(sorted[0]!) : printer!.many(sorted)
  const noHead = printer!.format.startsWith('custom-columns') && !query.headers
  ctx.out(noHead ? text.slice(text.indexOf('\n') + 1) : text)
}
