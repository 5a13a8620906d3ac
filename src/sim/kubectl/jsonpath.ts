import type { JsonValue } from '../api/meta.ts'
import { parseJsonPath, type PathNode } from './jsonpath-parse.ts'
import { goJson } from './print-json.ts'
import { fail } from './failure.ts'

type Values = readonly JsonValue[]

/** Paths such as "..*..*..*" come to each value over and over; what finds more would not end while somebody waits. */
const MOST_FOUND = 1_000_000

/** A compiled template such as `{range .items[*]}{.metadata.name}{"\n"}{end}` (client-go: util/jsonpath). */
export class JsonPath {
  readonly #nodes: readonly PathNode[]
  readonly #text: string
  readonly #lenient: boolean
  #found = 0

  /** Throws Failure where the template does not parse. `lenient`: absent keys give nothing instead of an error. */
  constructor(text: string, lenient = true) {
    const nodes = parseJsonPath(text)
    if (typeof nodes === 'string') fail(`error parsing jsonpath ${text}, ${nodes}`)
    this.#nodes = nodes as readonly PathNode[]
    this.#text = text
    this.#lenient = lenient
  }

  /** The template filled in from `data`. */
  print(data: JsonValue): string {
    this.#found = 0
    return this.#render(this.#nodes, data, data)
  }

  /** All values that the template's expressions find, one list an expression. */
  find(data: JsonValue): readonly Values[] {
    this.#found = 0
    return this.#nodes.filter((n) => n.kind === 'list').map((n) => this.#list(n, [data], data))
  }

  #render(nodes: readonly PathNode[], current: JsonValue, root: JsonValue): string {
    let out = ''
    for (const node of nodes) {
      if (node.kind === 'text') out += node.text
      else if (node.kind === 'range') {
        for (const item of this.#list(node.over, [current], root)) out += this.#render(node.body, item, root)
      } else if (node.kind === 'list') out += this.#list(node, [current], root).map(printed).join(' ')
    }
    return out
  }

  #list(list: Extract<PathNode, { kind: 'list' }>, start: Values, root: JsonValue): Values {
    let values: Values = start
    for (const node of list.nodes) {
      values = this.#step(node, values, root)
      this.#count(values.length)
    }
    return values
  }

  #count(more: number): void {
    if ((this.#found += more) > MOST_FOUND) fail(`error executing jsonpath ${JSON.stringify(this.#text)}: the path finds too much`)
  }

  /** A value and all below it. */
  #descendants(value: JsonValue, out: JsonValue[]): void {
    if (typeof value !== 'object' || value === null) return
    this.#count(1)
    out.push(value)
    for (const child of children(value)) this.#descendants(child, out)
  }

  #step(node: PathNode, values: Values, root: JsonValue): Values {
    switch (node.kind) {
      case 'root':
        return [root]
      case 'current':
        return values
      case 'field':
        return values.flatMap((v) => this.#field(v, node.name))
      case 'wildcard':
        return values.flatMap(children)
      case 'recursive': {
        const out: JsonValue[] = []
        for (const value of values) this.#descendants(value, out)
        return out
      }
      case 'slice':
        return values.flatMap((v) => this.#slice(v, node))
      case 'union':
        return values.flatMap((v) => node.parts.flatMap((part) => this.#list(part, [v], root)))
      case 'filter':
        return values.flatMap((v) => (Array.isArray(v) ? (v as Values).filter((item) => this.#holds(node, item, root)) : []))
      case 'literal':
        return [node.value]
      case 'list':
        return this.#list(node, values, root)
      default:
        return values
    }
  }

  #field(value: JsonValue, name: string): Values {
    if (typeof value !== 'object' || value === null) return this.#absent(name)
    if (Array.isArray(value)) return this.#absent(name)
    const found = Object.hasOwn(value, name) ? (value as Record<string, JsonValue>)[name] : undefined
    return found === undefined ? this.#absent(name) : [found]
  }

  #absent(name: string): Values {
    if (!this.#lenient) fail(`error executing jsonpath ${JSON.stringify(this.#text)}: ${name} is not found`)
    return []
  }

  #slice(value: JsonValue, node: Extract<PathNode, { kind: 'slice' }>): Values {
    if (!Array.isArray(value)) {
      if (value !== null && typeof value === 'object') return []
      return fail(`error executing jsonpath ${JSON.stringify(this.#text)}: Error executing template: ${goType(value)} is not array or slice. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#text}\n\tobject given to jsonpath engine was:\n\t\t<object>\n\n\n`)
    }
    const list = value as Values
    const at = (n: number): number => (n < 0 ? n + list.length : n)
    if (node.single) {
      const i = at(node.from ?? 0)
      if (i >= 0 && i < list.length) return [list[i]!]
      return fail(`error executing jsonpath ${JSON.stringify(this.#text)}: Error executing template: array index out of bounds: index ${node.from}, length ${list.length}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#text}\n\tobject given to jsonpath engine was:\n\t\t<object>\n\n\n`)
    }
    const from = at(node.from ?? 0)
    const to = Math.min(list.length, at(node.to ?? list.length))
    const out: JsonValue[] = []
    for (let i = Math.max(0, from); i < to; i += Math.max(1, node.by ?? 1)) out.push(list[i]!)
    return out
  }

  #holds(node: Extract<PathNode, { kind: 'filter' }>, item: JsonValue, root: JsonValue): boolean {
    const left = this.#list(node.left, [item], root)
    if (node.operator === 'exists') return left.length > 0
    const right = this.#list(node.right!, [item], root)
    if (left.length === 0 || right.length === 0) return false
    return compare(left[0]!, node.operator, right[0]!)
  }
}

const goType = (value: JsonValue): string => (typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : typeof value === 'boolean' ? 'bool' : typeof value)

const children = (value: JsonValue): Values => {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value as Values
  const map = value as Readonly<Record<string, JsonValue>>
  return Object.keys(map).sort().filter((k) => map[k] !== undefined).map((k) => map[k]!)
}

function compare(left: JsonValue, operator: string, right: JsonValue): boolean {
  switch (operator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left! < right!
    case '>':
      return left! > right!
    case '<=':
      return left! <= right!
    default:
      return left! >= right!
  }
}

/** A found value as text: strings bare, lists and maps as JSON. */
export const printed = (value: JsonValue): string => (typeof value === 'string' ? value : value === null ? '' : typeof value === 'object' ? goJson(value) : `${value}`)
