import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml'
import type { Span } from './problem.ts'

/** The parsed text behind a document's objects. */
export interface Source {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  readonly lineOffset: number
}

type Step = string | number

/** Takes Kubernetes' notation apart: `spec.ports[0].name`, `metadata.labels[a/b]`, `metadata.annotations.example.com/x`. */
export function parseFieldPath(path: string): readonly Step[] {
  const steps: Step[] = []
  for (const [, name, inner] of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (name !== undefined) steps.push(name)
    else if (/^\d+$/.test(inner!)) steps.push(Number(inner))
    else steps.push(inner!.replace(/^"(.*)"$/, '$1'))
  }
  return steps
}

/** Where the field at `path` stands below `root` (the object's own place in the document): the nearest ancestor that exists. */
export function positionOf(source: Source, root: readonly Step[], path: string): Span {
  const steps = [...root, ...parseFieldPath(path)]
  let node = resolve(source, source.document.contents as Node | null)
  let span: readonly [number, number] = node?.range ? [node.range[0], firstLineEnd(source, node.range[0], node.range[1])] : [0, 0]
  for (let i = 0; i < steps.length; ) {
    const found = child(source, node, steps, i)
    if (!found) break
    span = found.range
    node = found.node
    i = found.next
  }
  return spanOf(source, span[0], span[1])
}

interface Found {
  readonly node: Node | null
  readonly range: readonly [number, number]
  readonly next: number
}

/** One step down. Names with dots may have been cut apart, so the longest key that fits is taken. */
function child(source: Source, node: Node | null, steps: readonly Step[], at: number): Found | undefined {
  const step = steps[at]!
  if (isSeq(node)) {
    const items = node.items as readonly (Node | null)[]
    const item = typeof step === 'number' ? items[step] : items.find((i) => nameOf(i) === step)
    if (!item?.range) return undefined
    return { node: resolve(source, item), range: [item.range[0], firstLineEnd(source, item.range[0], item.range[1])], next: at + 1 }
  }
  if (!isMap(node)) return undefined
  for (let end = steps.length; end > at; end--) {
    const name = steps.slice(at, end).join('.')
    const pairs = (node.items as readonly Pair<Node, Node | null>[]).filter((p) => isScalar(p.key) && String(p.key.value) === name)
    const pair = pairs[pairs.length - 1]
    if (!pair?.key.range) continue
    const value = pair.value ?? null
    const stop = value?.range && (isScalar(value) || isAlias(value)) ? value.range[1] : pair.key.range[1]
    return { node: resolve(source, value), range: [pair.key.range[0], Math.max(stop, pair.key.range[1])], next: end }
  }
  return undefined
}

const nameOf = (item: Node | null): unknown => (isMap(item) ? item.get('name') : isScalar(item) ? item.value : undefined)

const resolve = (source: Source, node: Node | null): Node | null => (isAlias(node) ? ((node.resolve(source.document) as Node | undefined) ?? null) : node)

function firstLineEnd({ lines }: Source, from: number, to: number): number {
  const { line } = lines.linePos(from)
  const next = lines.lineStarts[line]
  return next === undefined ? to : Math.max(from + 1, Math.min(to, next - 1))
}

/** Offsets within the document as lines and columns of the file. */
export function spanOf({ lines, lineOffset }: Pick<Source, 'lines' | 'lineOffset'>, from: number, to: number): Span {
  const start = lines.linePos(from)
  const end = lines.linePos(Math.max(from, to))
  return {
    line: Math.max(1, start.line) + lineOffset, column: Math.max(1, start.col), endLine: Math.max(1, end.line) + lineOffset, endColumn: Math.max(1, end.col),
  }
}
