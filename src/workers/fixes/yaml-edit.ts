import { isMap, isNode, isScalar, isSeq, parseAllDocuments, type Document, type Node, type Pair, type ToStringOptions } from 'yaml'
import { YAML_OPTIONS } from '../../sim/index.ts'

export type Step = string | number
export type Path = readonly Step[]

const STYLE: ToStringOptions = { lineWidth: 0, indent: 2 }

/** The document of `text` that holds line `line` (from 1), with its offsets; undefined where the text does not parse. */
export function documentAt(text: string, line: number): { readonly document: Document.Parsed; readonly from: number; readonly to: number } | undefined {
  const documents = parseAllDocuments(text, YAML_OPTIONS)
  if (!Array.isArray(documents)) return undefined
  const offset = text.split('\n', line - 1).reduce((sum, row) => sum + row.length + 1, 0)
  const at = documents.findLastIndex(({ range }) => range[0] <= offset)
  const document = documents[Math.max(0, at)]
  return document && document.errors.length === 0 ? { document, from: document.range[0], to: document.range[2] } : undefined
}

/** `text` after `change` was done to the document at `line`; comments stay, spacing becomes the library's. */
export function rewrite(text: string, line: number, change: (document: Document.Parsed) => boolean | void): string | undefined {
  const found = documentAt(text, line)
  if (!found || change(found.document) === false) return undefined
  const { directives } = found.document
  const explicit = directives?.docStart
  if (directives) directives.docStart = null
  const written = found.document.toString(STYLE)
  if (directives && explicit !== undefined) directives.docStart = explicit
  const start = text.slice(found.from, found.to).search(/\S/)
  return `${text.slice(0, found.from)}${start > 0 ? text.slice(found.from, found.from + start).replace(/[^\n]/g, '') : ''}${written.replace(/\n*$/, '\n')}${text.slice(found.to)}`
}

/** The pair at `path`, with the map that holds it. */
export function pairAt(document: Document.Parsed, path: Path): { readonly map: { readonly items: Pair[] }; readonly pair: Pair<Node, Node | null> } | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
  if (!isMap(parent)) return undefined
  const pair = (parent.items as Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
  return pair && { map: parent as unknown as { items: Pair[] }, pair }
}

/** Renames the key at `path` in place; nothing else of the text changes. */
export function renameKey(text: string, line: number, path: Path, to: string): string | undefined {
  const found = documentAt(text, line)
  const range = found && pairAt(found.document, path)?.pair.key.range
  return range ? `${text.slice(0, range[0])}${to}${text.slice(range[1])}` : undefined
}

/** Puts `by` in the place of the scalar at `path`; nothing else of the text changes. */
export function replaceScalar(text: string, line: number, path: Path, by: string): string | undefined {
  const found = documentAt(text, line)
  const node = found?.document.getIn(path, true)
  if (!isScalar(node) || !node.range) return undefined
  return `${text.slice(0, node.range[0])}${by}${text.slice(node.range[1])}`
}

/** Every place that a path without list indexes stands for: "spec.containers.env" → spec.containers[0].env, … */
export function concrete(node: unknown, steps: readonly string[], before: Path = []): readonly Path[] {
  if (isSeq(node)) return node.items.flatMap((item, i) => concrete(item, steps, [...before, i]))
  const [step, ...rest] = steps
  if (step === undefined) return [before]
  if (!isMap(node) || !node.has(step)) return []
  const below = node.get(step, true)
  return rest.length === 0 ? [[...before, step]] : concrete(below, rest, [...before, step])
}

/** Kubernetes' notation of a path. */
export const pathText = (path: Path): string => path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '')

/** Sets the value at `path`; maps that are missing on the way are made. */
export function put(document: Document.Parsed, path: Path, value: unknown): void {
  for (let n = 1; n < path.length; n++) {
    const here = document.getIn(path.slice(0, n), true)
    if (!isMap(here) && !isSeq(here)) document.setIn(path.slice(0, n), document.createNode({}))
  }
  document.setIn(path, isNode(value) ? value : document.createNode(value))
}
