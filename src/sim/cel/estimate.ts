import type { Expr } from './ast.ts'
import { qualifiedName, typesIn, type Declarations } from './check.ts'
import { exactly, limited, literalSize, UNKNOWN, union, unionEntries, type Entry, type Size } from './estimate-sizes.ts'
import { callEstimate, type Operand } from './estimate-calls.ts'
import { overloadsOf } from './overloads.ts'
import { parse } from './parse.ts'
import type { Sized } from './schema-sizes.ts'
import type { CelType } from './types.ts'

const LIST_BASE = 10
const MAP_BASE = 30
const MESSAGE_BASE = 40

/** A variable of a macro: where it comes from and how large it is. */
interface Local {
  readonly path: readonly string[]
  readonly size: Size | undefined
  readonly entry: Entry | undefined
}

/**
 * What an expression that compiles costs at most, in CEL's units; `root` tells how large `self` can be (cel-go: checker/cost.go with the
 * estimator of apiserver's pkg/cel/library/cost.go).
 */
export function estimateCost(source: string, declarations: Declarations, root: Sized): number {
  const { expr } = parse(source)
  return expr ? limited(new Coster(typesIn(expr, declarations), root).cost(expr)) : 0
}

class Coster {
  readonly #types: ReadonlyMap<Expr, CelType>
  readonly #root: Sized
  readonly #paths = new Map<Expr, readonly string[]>()
  readonly #sizes = new Map<Expr, Size>()
  readonly #entries = new Map<Expr, Entry>()
  readonly #locals = new Map<string, Local[]>()

  constructor(types: ReadonlyMap<Expr, CelType>, root: Sized) {
    this.#types = types
    this.#root = root
  }

  cost(expr: Expr): number {
    switch (expr.is) {
      case 'literal':
        return 0
      case 'ident':
        this.#paths.set(expr, this.#local(expr)?.path ?? [expr.name])
        return 1
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list': {
        const costs = expr.items.reduce((sum, { value }) => sum + this.cost(value), LIST_BASE)
        this.#entries.set(expr, { isList: true, key: exactly(1), value: this.#common(expr.items.map(({ value }) => value)) })
        return costs
      }
      case 'map': {
        const costs = expr.entries.reduce((sum, { key, value }) => sum + this.cost(key) + this.cost(value), MAP_BASE)
        this.#entries.set(expr, { isList: false, key: this.#common(expr.entries.map(({ key }) => key)), value: this.#common(expr.entries.map(({ value }) => value)) })
        return costs
      }
      case 'message':
        return expr.fields.reduce((sum, { value }) => sum + this.cost(value), MESSAGE_BASE)
      case 'fold':
        return this.#fold(expr)
      case 'bind':
        return this.#bind(expr)
    }
  }

  #common(items: readonly Expr[]): Size {
    return items.length === 0 ? exactly(0) : items.map((item) => this.size(item)).reduce(union)
  }

  #local(expr: Expr): Local | undefined {
    return expr.is === 'ident' ? this.#locals.get(expr.name.replace(/^\./, ''))?.at(-1) : undefined
  }

  #within<T>(name: string, local: Local, act: () => T): T {
    const stack = this.#locals.get(name) ?? []
    this.#locals.set(name, [...stack, local])
    const result = act()
    this.#locals.set(name, stack)
    return result
  }

  #pathOf(expr: Expr): readonly string[] {
    return this.#local(expr)?.path ?? this.#paths.get(expr) ?? []
  }

  #typeOf(expr: Expr): CelType['is'] {
    return this.#types.get(expr)?.is ?? 'dyn'
  }

  /** has() costs nothing itself. */
  #select(expr: Expr & { is: 'select' }): number {
    const { operand, field, test, optional } = expr
    const cost = this.cost(operand)
    if (test) return cost
    const kind = this.#typeOf(operand)
    if (optional || kind === 'optional') return cost + 1
    this.#paths.set(expr, [...this.#pathOf(operand), field])
    return cost + (kind === 'map' || kind === 'object' || kind === 'param' ? 1 : 0)
  }

  #bind(expr: Expr & { is: 'bind' }): number {
    const { name, value, body } = expr
    const cost = LIST_BASE + this.cost(value)
    const local = { path: this.#pathOf(value), size: this.#computed(value), entry: this.#entryOf(value) }
    return this.#within(name, local, () => {
      const inner = this.cost(body)
      this.#remember(expr, this.#computed(body), this.#entryOf(body))
      return cost + inner
    })
  }

  #remember(expr: Expr, size: Size | undefined, entry: Entry | undefined): void {
    if (size) this.#sizes.set(expr, size)
    if (entry) this.#entries.set(expr, entry)
  }

  #call(expr: Expr & { is: 'call' }): number {
    const { name, target, args } = expr
    const namespaced = target ? qualifiedName(target) : undefined
    const isNamespace = namespaced !== undefined && overloadsOf(`${namespaced}.${name}`) !== undefined
    if (name === 'dyn' && !target) {
      const cost = this.cost(args[0]!)
      this.#remember(expr, this.#computed(args[0]!), this.#entryOf(args[0]!))
      return cost + 1
    }
    if (target && !isNamespace && (name === 'optMap' || name === 'optFlatMap') && args[0]?.is === 'ident') return this.#optMap(expr)
    const costs = args.map((arg) => this.cost(arg))
    const before = target && !isNamespace ? this.cost(target) : 0
    if (name === '_?_:_') return this.#conditional(expr, costs)
    const operands = args.map((arg) => this.#operand(arg))
    const own = callEstimate(isNamespace ? `${namespaced}.${name}` : name.replace(/^\./, ''), target && !isNamespace ? this.#operand(target) : undefined, operands)
    let size = own.size
    if (name === '_[_]') {
      const [range] = args
      const isList = this.#typeOf(range!) === 'list'
      size = this.#entryOf(range!)?.value
      this.#paths.set(expr, [...this.#pathOf(range!), isList ? '@items' : '@values'])
    }
    if (name === '_+_') this.#remember(expr, undefined, unionEntries(this.#entryOf(args[0]!), this.#entryOf(args[1]!)))
    this.#remember(expr, size ?? this.#computed(expr), undefined)
    return before + own.cost + costs.reduce((sum, cost) => sum + cost, 0)
  }

  #conditional(expr: Expr & { is: 'call' }, [condition = 0, yes = 0, no = 0]: readonly number[]): number {
    const [, a, b] = expr.args
    this.#remember(expr, union(this.size(a!), this.size(b!)), unionEntries(this.#entryOf(a!), this.#entryOf(b!)))
    return condition + Math.max(yes, no)
  }

  /** `x.hasValue() ? optional.of(cel.bind(v, x.value(), …)) : optional.none()`. */
  #optMap({ name, target, args }: Expr & { is: 'call' }): number {
    const outer = this.cost(target!)
    const inner = this.#within((args[0] as Expr & { is: 'ident' }).name, { path: [], size: undefined, entry: undefined }, () => this.cost(args[1]!))
    const made = LIST_BASE + outer + 1 + inner
    return outer + 1 + Math.max(1, name === 'optMap' ? made + 1 : made)
  }

  #operand(expr: Expr): Operand {
    const type = this.#types.get(expr)
    const path = this.#pathOf(expr)
    const items = type?.is === 'list' ? { type: type.of.is, size: this.#atPath(path.length > 0 ? [...path, '@items'] : []) ?? UNKNOWN } : undefined
    return { type: type?.is ?? 'dyn', name: type?.is === 'object' ? type.name : '', size: this.size(expr), items, literal: expr.is === 'literal' ? expr.value : undefined }
  }

  /** The macros of comprehensions, as cel-go expands them: a range, a start, and per element a look whether to go on and a step. */
  #fold(expr: Expr & { is: 'fold' }): number {
    const { macro, range, names, steps } = expr
    const rangeCost = this.cost(range)
    const entry = this.#entryOf(range)
    const isList = entry ? entry.isList : this.#typeOf(range) === 'list'
    const variable = (subpath: string, size: Size | undefined): Local => ({ path: [...this.#pathOf(range), subpath], size, entry: undefined })
    const element = isList ? variable('@items', entry?.value) : variable('@keys', entry?.key)
    const inside = (): { readonly costs: readonly number[]; readonly made: Size } => {
      const costs = steps.map((step) => this.cost(step))
      return { costs, made: macro === 'filter' ? this.#sizeOfLocal(names[0]!, this.#types.get(range)) : this.size(steps.at(-1)!) }
    }
    const { costs, made } = names.length === 1
      ? this.#within(names[0]!, element, inside)
      : this.#within(names[0]!, variable(isList ? '@indices' : '@keys', entry?.key), () => this.#within(names[1]!, variable(isList ? '@items' : '@values', entry?.value), inside))
    const count = this.size(range)
    const { start, each, end } = foldParts(macro, costs)
    const isContainer = start >= LIST_BASE
    this.#remember(expr, isContainer ? count : exactly(1), isContainer ? { isList: start === LIST_BASE, key: exactly(1), value: { min: 0, max: made.max } } : undefined)
    return limited(rangeCost + start + end + limited(count.max * each))
  }

  #sizeOfLocal(name: string, range: CelType | undefined): Size {
    const local = this.#locals.get(name)?.at(-1)
    const inner = range?.is === 'list' ? range.of.is : range?.is === 'map' ? range.key.is : 'dyn'
    return this.#atPath(local?.path ?? []) ?? (isScalar(inner) ? exactly(1) : (local?.size ?? UNKNOWN))
  }

  size(expr: Expr): Size {
    return this.#computed(expr) ?? UNKNOWN
  }

  #computed(expr: Expr): Size | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr)
    if (known) return known
    const found = this.#atPath(this.#pathOf(expr))
    if (found) {
      this.#sizes.set(expr, found)
      return found
    }
    const type = this.#types.get(expr)
    if (type && isScalar(type.is === 'optional' ? type.of.is : type.is)) return exactly(1)
    return this.#local(expr)?.size
  }

  #entryOf(expr: Expr): Entry | undefined {
    return this.#entries.get(expr) ?? this.#local(expr)?.entry
  }

  /** The size that the schema allows at a path; the first word of it stands for the root. */
  #atPath(path: readonly string[]): Size | undefined {
    if (path.length === 0) return undefined
    let node: Sized | undefined = this.#root
    for (const name of path.slice(1)) {
      if (!node) return undefined
      node = name === '@items' || name === '@values' ? node.items : name === '@keys' ? node.key : node.fields && Object.hasOwn(node.fields, name) ? node.fields[name] : undefined
    }
    return node && { min: 0, max: node.most }
  }
}

const SCALARS: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])
const isScalar = (kind: string): boolean => SCALARS.has(kind)

/** What the start, each element and the result of a macro cost (cel-go: parser/macro.go). */
function foldParts(macro: (Expr & { is: 'fold' })['macro'], costs: readonly number[]): { readonly start: number; readonly each: number; readonly end: number } {
  const last = costs.at(-1) ?? 0
  const condition = costs.length > 1 ? costs[0]! : undefined
  const maybe = (made: number): number => (condition === undefined ? made : condition + Math.max(made, 1))
  switch (macro) {
    case 'all':
      return { start: 0, each: last + 3, end: 1 }
    case 'exists':
      return { start: 0, each: last + 4, end: 1 }
    case 'exists_one':
    case 'existsOne':
      return { start: 0, each: last + 2, end: 2 }
    case 'filter':
      return { start: LIST_BASE, each: last + LIST_BASE + 3, end: 1 }
    case 'transformMap':
      return { start: MAP_BASE, each: maybe(last + 3), end: 1 }
    case 'transformMapEntry':
      return { start: MAP_BASE, each: maybe(last + 2), end: 1 }
    default:
      return { start: LIST_BASE, each: maybe(last + LIST_BASE + 2), end: 1 }
  }
}

