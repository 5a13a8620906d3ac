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
  for (const line of ['tables', 'list'].flatMap((name) => linesOf(`${folder}/requests/discovery/${name}.jsonl`))) {
    const c = JSON.parse(line) as { request: { path: string }; response: { body?: { columnDefinitions?: readonly RecordedColumn[] } } }
    const definitions = c.response.body?.columnDefinitions
    const m = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(?:namespaces\/t\/)?([a-z]+)(?:\/|$)/.exec(c.request.path)
    if (!definitions || !m) continue
    const key = `${m[1] ?? ''}/${m[2]}`
    columns[key] = definitions.map((d) => [d.name, d.type, d.format, d.priority])
    // Only one recording of each kind says what its columns mean.
    if (definitions.some((d) => d.description)) descriptions[key] = definitions.map((d) => d.description ?? '')
  }
  return { columns: sorted(columns), descriptions: sorted(descriptions) }
}

const linesOf = (file: string): readonly string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [])

const sorted = <T>(map: Record<string, T>): Record<string, T> => Object.fromEntries(Object.keys(map).sort().map((k) => [k, map[k]!]))
