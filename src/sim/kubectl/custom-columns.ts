import type { JsonValue, KubeObject } from '../api/meta.ts'
import { fail } from './failure.ts'
import { JsonPath } from './jsonpath.ts'
import { layoutTable } from './print-table.ts'

interface CustomColumn {
  readonly header: string
  readonly path: JsonPath
}

/** Makes `.a.b`, `a.b`, `{.a.b}` or `{a.b}` a whole JSONPath (cli-runtime: get.RelaxedJSONPathExpression). */
export function relaxed(expression: string): string {
  if (expression === '') return ''
  const found = /^(?:\{\.?([^{}]+)\}|\.?([^{}]+))$/.exec(expression)
  if (!found) return fail(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  const path = found[1] ?? found[2]!
  return `{.${path}}`
}

/** Columns of `-o custom-columns=NAME:.metadata.name,…`. */
export function parseColumns(spec: string): readonly CustomColumn[] {
  if (spec === '') fail('custom-columns format specified but no custom columns given')
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0) fail(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), path: new JsonPath(relaxed(part.slice(colon + 1))) }
  })
}

/** Columns of a template file: a line of headers, a line of paths below them. */
export function parseColumnFile(text: string): readonly CustomColumn[] {
  const [heads, paths] = text.split('\n').filter((l) => l.trim() !== '')
  const headers = (heads ?? '').split(/\s+/).filter(Boolean)
  const expressions = (paths ?? '').split(/\s+/).filter(Boolean)
  if (headers.length !== expressions.length) fail(`number of headers (${headers.length}) and field specifications (${expressions.length}) don't match`)
  return headers.map((header, i) => ({ header, path: new JsonPath(relaxed(expressions[i]!)) }))
}

export function printColumns(columns: readonly CustomColumn[], objects: readonly KubeObject[], headers: boolean): string {
  const rows = objects.map((object) => columns.map(({ path }) => cell(path.find(object as unknown as JsonValue))))
  return layoutTable([...(headers ? [columns.map((c) => c.header)] : []), ...rows])
}

function cell(found: readonly (readonly JsonValue[])[]): string {
  const values = found.flat()
  return values.length === 0 ? '<none>' : values.map(goValue).join(',')
}

/** Go's %v. */
export function goValue(value: JsonValue): string {
  if (value === null) return '<nil>'
  if (typeof value !== 'object') return `${value}`
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(goValue).join(' ')}]`
  const map = value as Readonly<Record<string, JsonValue>>
  return `map[${Object.keys(map).sort().map((k) => `${k}:${goValue(map[k]!)}`).join(' ')}]`
}
