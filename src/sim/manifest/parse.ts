import { LineCounter, parseDocument, type Document, type Tags } from 'yaml'
import type { JsonValue } from '../api/meta.ts'
import { checkLimits, MAX_BYTES } from './limits.ts'
import { positionOf, spanOf, type Source } from './position.ts'
import type { Problem, Span } from './problem.ts'
import { splitDocuments, splitJson, type DocumentText } from './split.ts'
import { toJson } from './to-json.ts'
import { firstError, wordingOf } from './yaml-error.ts'

/** One object of a file. Lists are taken apart; `positionOf` maps a field path of the object to its place in the file. */
export interface ManifestObject {
  readonly file: string
  /** Not checked: whatever JSON the document holds. */
  readonly value: JsonValue
  positionOf(path: string): Span
}

export interface Manifest {
  readonly objects: readonly ManifestObject[]
  readonly problems: readonly Problem[]
}

/** Scalars that YAML 1.1 would turn into dates, bytes or base-60 numbers; go-yaml leaves them texts. */
const isForeign = (tag: unknown): boolean => {
  if (typeof tag === 'string') return tag === 'merge' || tag === 'timestamp' || tag === 'binary' || tag === 'intTime' || tag === 'floatTime'
  const { tag: name, format } = tag as { readonly tag: string; readonly format?: string }
  return name.endsWith(':merge') || name.endsWith(':timestamp') || name.endsWith(':binary') || format === 'TIME'
}

/** Go-yaml's reading of scalars, as nearly as the library has it. */
export const YAML_OPTIONS = {
  version: '1.1',
  schema: 'yaml-1.1',
  customTags: (tags: Tags): Tags => tags.filter((tag) => !isForeign(tag)),
  uniqueKeys: false,
  merge: false,
  prettyErrors: false,
  strict: true,
  logLevel: 'silent',
} as const

/**
 * Reads a file of one or many YAML or JSON documents into objects with positions. Documents that do not parse give a
 * problem with kubectl's message; the others are read all the same. Never throws.
 */
export function parseManifest(file: string, text: string): Manifest {
  const objects: ManifestObject[] = []
  const problems: Problem[] = []
  const json = /^\s*\{/.test(text) && text.length <= MAX_BYTES && !/^---/m.test(text) ? splitJson(text) : []
  if (!json) {
    const end = text.split('\n')
    const place = { line: end.length, column: end.at(-1)!.length + 1 }
    problems.push({ file, severity: 'error', message: `error parsing ${file}: unexpected EOF`, expected: "a closing '}'", ...place, endLine: place.line, endColumn: place.column + 1 })
    return { objects, problems }
  }
  for (const part of json.length > 0 ? json : splitDocuments(text)) {
    if (!/\S/.test(part.text)) continue
    readDocument(file, part, objects, problems)
  }
  return { objects, problems }
}

function readDocument(file: string, part: DocumentText, objects: ManifestObject[], problems: Problem[]): void {
  const limit = checkLimits(part)
  if (limit) {
    problems.push({ file, severity: 'error', message: wrap(file, limit.message), expected: limit.expected, ...offsetSpan(part, limit.offset) })
    return
  }
  const lines = new LineCounter()
  const document = parseDocument(part.text, { ...YAML_OPTIONS, lineCounter: lines }) as Document.Parsed
  const source: Source = { document, lines, lineOffset: part.lineOffset }
  const wrong = firstError(document.errors, part.text)
  if (wrong) {
    const { message, expected } = wordingOf(wrong.error, part.text, lines.linePos(wrong.at).line)
    problems.push({ file, severity: 'error', message: wrap(file, message), expected, ...spanOf(source, wrong.at, wrong.end) })
    return
  }
  const { value, duplicates, problem } = toJson(document)
  if (problem) {
    problems.push({ file, severity: 'error', message: wrap(file, problem), expected: 'fewer or no aliases', ...spanOf(source, 0, 1) })
    return
  }
  for (const key of duplicates)
    problems.push({ file, severity: 'warning', message: `key ${JSON.stringify(String(key))} already set in map; the last one counts`, ...spanOf(source, key.range![0], key.range![1]) })
  if (value !== null) objects.push(...flatten(file, source, value))
}

/** kubectl's frame around an error of its YAML library; limits of the server speak for themselves. */
const wrap = (file: string, message: string): string =>
  message.startsWith('yaml: ') ? `error parsing ${file}: error converting YAML to JSON: ${message}` : `Error from server (RequestEntityTooLarge): ${message}`

/** The items of a List, or the object itself. */
function flatten(file: string, source: Source, value: JsonValue, root: readonly (string | number)[] = []): readonly ManifestObject[] {
  const list = value as { readonly kind?: unknown; readonly items?: unknown }
  const isList = typeof list === 'object' && list !== null && typeof list.kind === 'string' && list.kind.endsWith('List') && Array.isArray(list.items)
  if (isList) return (list.items as readonly JsonValue[]).flatMap((item, i) => flatten(file, source, item, [...root, 'items', i]))
  return [{ file, value, positionOf: (path) => positionOf(source, root, path) }]
}

function offsetSpan(part: DocumentText, offset: number): Span {
  const before = part.text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  return { line: line + part.lineOffset, column, endLine: line + part.lineOffset, endColumn: column + 1 }
}
