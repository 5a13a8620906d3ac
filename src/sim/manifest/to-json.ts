import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type Node, type Pair, type YAMLMap } from 'yaml'
import type { JsonValue } from '../api/meta.ts'
import { MAX_ALIASED } from './limits.ts'

/** What a document says, and the keys that stand twice in a mapping (the last one counts). */
export interface Converted {
  readonly value: JsonValue
  readonly duplicates: readonly Node[]
  readonly problem?: string
}

/** Turns a parsed document into plain JSON, as kubectl does before it sends it. */
export function toJson(document: Document.Parsed): Converted {
  const converter = new Converter(document)
  const value = converter.node(document.contents as Node | null)
  return { value, duplicates: converter.duplicates, problem: converter.problem }
}

function anchorsIn(root: Node | null): ReadonlyMap<string, readonly Node[]> {
  const found = new Map<string, Node[]>()
  const gather = (node: Node | null): void => {
    if (!node || isAlias(node)) return
    const { anchor } = node
    if (anchor) {
      const known = found.get(anchor)
      if (known) known.push(node)
      else found.set(anchor, [node])
    }
    if (isSeq(node)) for (const item of node.items) gather(item as Node | null)
    if (isMap(node)) for (const pair of node.items as readonly Pair<Node, Node | null>[]) {
      gather(pair.key)
      gather(pair.value ?? null)
    }
  }
  gather(root)
  return found
}

class Converter {
  readonly duplicates: Node[] = []
  problem: string | undefined
  readonly #document: Document.Parsed
  readonly #open = new Set<Node>()
  #anchors: ReadonlyMap<string, readonly Node[]> | undefined
  #inAlias = 0
  #aliased = 0

  constructor(document: Document.Parsed) {
    this.#document = document
  }

  node(node: Node | null): JsonValue {
    if (node === null || this.problem) return null
    if (this.#inAlias > 0 && ++this.#aliased > MAX_ALIASED) {
      this.problem = 'yaml: document contains excessive aliasing'
      return null
    }
    if (isScalar(node)) return scalar(node.value)
    if (isAlias(node)) return this.#alias(this.#meant(node), node.source)
    if (isSeq(node)) return node.items.map((item) => this.node(item as Node | null))
    return isMap(node) ? this.#map(node) : null
  }

  /** The node that an alias stands for: the last one before it with that anchor. All anchors are gathered once; the library would look for each anew. */
  #meant({ source, range }: Alias): Node | undefined {
    this.#anchors ??= anchorsIn(this.#document.contents as Node | null)
    const at = range?.[0] ?? 0
    return this.#anchors.get(source)?.filter((node) => (node.range?.[0] ?? 0) < at).at(-1)
  }

  #alias(target: Node | undefined, name: string): JsonValue {
    if (!target) {
      this.problem ??= `yaml: unknown anchor '${name}' referenced`
      return null
    }
    if (this.#open.has(target)) {
      this.problem = `yaml: anchor '${name}' value contains itself`
      return null
    }
    this.#open.add(target)
    this.#inAlias++
    const value = this.node(target)
    this.#inAlias--
    this.#open.delete(target)
    return value
  }

  #map(map: YAMLMap): JsonValue {
    const out: Record<string, JsonValue> = {}
    const own = new Set<string>()
    for (const pair of map.items as readonly Pair<Node, Node | null>[]) {
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') this.#merge(out, own, pair.value)
    }
    for (const pair of map.items as readonly Pair<Node, Node | null>[]) {
      if (isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN') continue
      const key = keyText(isAlias(pair.key) ? this.#meant(pair.key) : pair.key)
      if (own.has(key)) this.duplicates.push(pair.key)
      own.add(key)
      put(out, key, this.node(pair.value ?? null))
    }
    return out
  }

  /** `<<: *base` or a list of them: earlier ones win, the mapping's own keys win over all. */
  #merge(out: Record<string, JsonValue>, own: ReadonlySet<string>, value: Node | null): void {
    const sources = isSeq(value) ? (value.items as Node[]) : value ? [value] : []
    for (const source of sources) {
      const merged = this.node(source)
      if (typeof merged !== 'object' || merged === null || Array.isArray(merged)) {
        this.problem ??= 'yaml: map merge requires map or sequence of maps as the value'
        continue
      }
      for (const key of Object.keys(merged)) if (!own.has(key) && !Object.hasOwn(out, key)) put(out, key, (merged as Record<string, JsonValue>)[key]!)
    }
  }
}

/** A member by any name, "__proto__" included, as an own property. */
function put(out: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true })
  else out[key] = value
}

function scalar(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return typeof value === 'string' || typeof value === 'boolean' ? value : null
}

const keyText = (key: unknown): string => {
  if (!isScalar(key)) return String(key)
  return key.value === null || key.value === undefined ? 'null' : String(key.value)
}
