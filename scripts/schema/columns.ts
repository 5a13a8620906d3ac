import { existsSync, readFileSync } from 'node:fs'

interface RecordedColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description?: string
  readonly priority: number
}

/** A printed column: [name, type, format, priority]. */
export type CompactColumn = readonly [string, string, string, number]

/** Table columns of every kind that was recorded, by "group/plural", and their descriptions apart. */
export function compactColumns(folder: string): { columns: Record<string, readonly CompactColumn[]>; descriptions: Record<string, readonly string[]> } {
  const columns: Record<string, readonly CompactColumn[]> = {}
  const descriptions: Record<string, readonly string[]> = {}
  const file = `${folder}/requests/discovery/tables.jsonl`
  if (!existsSync(file)) return { columns, descriptions }
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line) continue
    const c = JSON.parse(line) as { request: { path: string }; response: { body?: { columnDefinitions?: readonly RecordedColumn[] } } }
    const definitions = c.response.body?.columnDefinitions
    const m = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(?:namespaces\/t\/)?([a-z]+)\//.exec(c.request.path)
    if (!definitions || !m) continue
    const key = `${m[1] ?? ''}/${m[2]}`
    columns[key] = definitions.map((d) => [d.name, d.type, d.format, d.priority])
    descriptions[key] = definitions.map((d) => d.description ?? '')
  }
  return { columns: sorted(columns), descriptions: sorted(descriptions) }
}

const sorted = <T>(map: Record<string, T>): Record<string, T> => Object.fromEntries(Object.keys(map).sort().map((k) => [k, map[k]!]))
