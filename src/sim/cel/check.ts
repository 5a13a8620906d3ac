import { Bytes, Uint, type Expr, type Issue } from './ast.ts'
import { isWrongLiteral } from './literals.ts'
import { overloadsOf } from './overloads.ts'
import {
  assignable, BOOL, BYTES, DOUBLE, DYN, ERROR, INT, join, list, map, NULL, object, optional, sameType, STRING, substitute, TYPE, typeText, UINT, type Bindings, type CelType,
} from './types.ts'

/** What expressions may name. */
export interface Declarations {
  readonly variables: Readonly<Record<string, CelType>>
  /** Messages that may be made, e.g. `Object` and everything below it; by their first word. */
  readonly messages?: ReadonlySet<string>
}

const TYPE_NAMES: ReadonlySet<string> = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'optional_type', 'google.protobuf.Timestamp', 'google.protobuf.Duration', 'net.IP', 'net.CIDR'])

type Scope = ReadonlyMap<string, CelType>

/** Finds the type of an expression, and what does not fit (cel-go: checker). */
export function check(expr: Expr, declarations: Declarations): { readonly type: CelType; readonly issues: readonly Issue[] } {
  const checker = new Checker(declarations)
  const type = checker.type(expr, new Map())
  return { type, issues: checker.issues.length > 0 ? checker.issues : checker.later }
}

/** The types of an expression that fits and of all its parts. */
export function typesIn(expr: Expr, declarations: Declarations): ReadonlyMap<Expr, CelType> {
  const types = new Map<Expr, CelType>()
  new Checker(declarations, types).type(expr, new Map())
  return types
}

class Checker {
  readonly issues: Issue[] = []
  /** What is wrong with literals: said only of an expression that fits otherwise (cel-go: cel/validator.go). */
  readonly later: Issue[] = []
  /** Within the arguments of `format`, whose lists may hold anything. */
  #formatting = 0
  readonly #declared: Declarations

  readonly #types: Map<Expr, CelType> | undefined

  constructor(declared: Declarations, types?: Map<Expr, CelType>) {
    this.#declared = declared
    this.#types = types
  }

  type(expr: Expr, scope: Scope): CelType {
    const type = this.#find(expr, scope)
    this.#types?.set(expr, type)
    return type
  }

  #find(expr: Expr, scope: Scope): CelType {
    switch (expr.is) {
      case 'literal':
        return literalType(expr.value)
      case 'ident':
        return this.#ident(expr.name, scope) ?? this.#undeclared(expr.at, expr.name)
      case 'select':
        return this.#select(expr, scope)
      case 'call':
        return this.#call(expr, scope)
      case 'list':
        return list(this.#alike(expr.items.map(({ value, optional: may }) => [value, this.#inner(this.type(value, scope), may)]), true))
      case 'map': {
        const keys = expr.entries.map(({ key }) => [key, this.type(key, scope)] as const)
        return map(this.#alike(keys, false), this.#alike(expr.entries.map(({ value, optional: may }) => [value, this.#inner(this.type(value, scope), may)]), false))
      }
      case 'message':
        return this.#message(expr, scope)
      case 'fold':
        return this.#fold(expr, scope)
      case 'bind':
        return this.type(expr.body, new Map([...scope, [expr.name, this.type(expr.value, scope)]]))
    }
  }

  /** The type of all items; those of another type than the first are noted, of a list only the first such. */
  #alike(items: readonly (readonly [Expr, CelType])[], isList: boolean): CelType {
    const first = items[0]?.[1]
    const odd = first && this.#formatting === 0 ? items.filter(([, type]) => !sameType(type, first)) : []
    for (const [item, type] of isList ? odd.slice(0, 1) : odd) this.later.push({ at: item.at, message: `expected type '${typeText(first!)}' but found '${typeText(type)}'` })
    return join(items.map(([, type]) => type))
  }

  /** Durations, timestamps and patterns that are written out must be right. */
  #literalArgument(name: string, args: readonly Expr[]): void {
    const [argument] = args
    if (argument?.is === 'literal' && typeof argument.value === 'string' && isWrongLiteral(name, argument.value)) this.later.push({ at: argument.at, message: `invalid ${name} argument` })
  }

  #inner(type: CelType, isOptional: boolean): CelType {
    return isOptional && type.is === 'optional' ? type.of : type
  }

  #fail(at: number, message: string): CelType {
    this.issues.push({ at, message })
    return ERROR
  }

  #undeclared(at: number, name: string): CelType {
    return this.#fail(at, `undeclared reference to '${name.replace(/^\./, '')}' (in container '')`)
  }

  #ident(name: string, scope: Scope): CelType | undefined {
    const plain = name.replace(/^\./, '')
    const local = scope.get(plain)
    if (local) return local
    if (Object.hasOwn(this.#declared.variables, plain)) return this.#declared.variables[plain]
    return TYPE_NAMES.has(plain) || this.#declared.messages?.has(plain.split('.')[0]!) ? TYPE : undefined
  }

  #select(expr: Expr & { is: 'select' }, scope: Scope): CelType {
    const qualified = qualifiedName(expr)
    const named = qualified === undefined || expr.test ? undefined : this.#ident(qualified, scope)
    if (named) return named
    const operand = this.type(expr.operand, scope)
    const inside = operand.is === 'optional' ? operand.of : operand
    const found = this.#field(expr, inside)
    if (expr.test) return BOOL
    return operand.is === 'optional' || expr.optional ? optional(found) : found
  }

  #field(expr: Expr & { is: 'select' }, inside: CelType): CelType {
    switch (inside.is) {
      case 'dyn':
      case 'error':
        return inside
      case 'map':
        return inside.of
      case 'object': {
        const fields = inside.fields
        if (!fields) return DYN
        return Object.hasOwn(fields, expr.field) ? fields[expr.field]! : this.#fail(expr.at, `undefined field '${expr.field}'`)
      }
      default:
        return this.#fail(expr.at, `type '${typeText(inside)}' does not support field selection`)
    }
  }

  #call(expr: Expr & { is: 'call' }, scope: Scope): CelType {
    const { name, target, args, at } = expr
    const namespaced = target ? qualifiedName(target) : undefined
    const whole = namespaced === undefined ? undefined : `${namespaced}.${name}`
    if (whole !== undefined && overloadsOf(whole)) return this.#resolve(at, whole, false, args.map((arg) => this.type(arg, scope)))
    const optionalMacro = target && (name === 'optMap' || name === 'optFlatMap') && args.length === 2 && args[0]!.is === 'ident'
    if (optionalMacro) return this.#optMap(expr, scope)
    const isFormat = target !== undefined && name === 'format'
    if (isFormat) this.#formatting++
    const types = [...(target ? [this.type(target, scope)] : []), ...args.map((arg) => this.type(arg, scope))]
    if (isFormat) this.#formatting--
    this.#literalArgument(name, args)
    return this.#resolve(at, name, target !== undefined, types)
  }

  #optMap({ name, target, args }: Expr & { is: 'call' }, scope: Scope): CelType {
    const outer = this.type(target!, scope)
    const inner = outer.is === 'optional' ? outer.of : DYN
    const result = this.type(args[1]!, new Map([...scope, [(args[0] as Expr & { is: 'ident' }).name, inner]]))
    return name === 'optFlatMap' ? result : optional(result)
  }

  #resolve(at: number, name: string, isMember: boolean, types: readonly CelType[]): CelType {
    const overloads = overloadsOf(name.replace(/^\./, ''))
    if (!overloads) return this.#undeclared(at, name)
    let result: CelType | undefined
    for (const overload of overloads) {
      if (overload.target !== isMember || overload.args.length !== types.length) continue
      const bindings: Bindings = new Map()
      if (!overload.args.every((wanted, i) => assignable(wanted, types[i]!, bindings))) continue
      const found = substitute(overload.result, bindings)
      result = result === undefined || sameType(result, found) ? found : DYN
    }
    if (result) return result
    const [first, ...rest] = types.map(typeText)
    const applied = isMember ? `${first}.(${rest.join(', ')})` : `(${types.map(typeText).join(', ')})`
    return this.#fail(at, `found no matching overload for '${name}' applied to '${applied}'`)
  }

  #message(expr: Expr & { is: 'message' }, scope: Scope): CelType {
    const types = expr.fields.map(({ value }) => this.type(value, scope))
    void types
    if (!this.#declared.messages?.has(expr.type.split('.')[0]!)) return this.#undeclared(expr.at, expr.type)
    return object(expr.type)
  }

  #fold(expr: Expr & { is: 'fold' }, scope: Scope): CelType {
    const range = this.type(expr.range, scope)
    const { macro, names, steps } = expr
    const [item, second] = this.#items(expr, range)
    const inner: Scope = new Map([...scope, [names[0]!, names.length === 1 ? item : second[0]], ...(names.length === 2 ? [[names[1]!, second[1]] as const] : [])])
    const types = steps.map((step) => this.type(step, inner))
    const last = types.at(-1) ?? DYN
    const conditions = macro === 'map' || macro === 'sortBy' || macro.startsWith('transform') ? types.slice(0, -1) : types
    for (const [i, type] of conditions.entries())
      if (!assignable(BOOL, type, new Map())) this.#fail(steps[i]!.at, `expected type 'bool' but found '${typeText(type)}'`)
    switch (macro) {
      case 'filter':
        return list(item)
      case 'map':
      case 'transformList':
        return list(last)
      case 'transformMap':
        return map(second[0], last)
      case 'transformMapEntry':
        return last.is === 'map' || last.is === 'dyn' ? last : this.#fail(steps.at(-1)!.at, `expected type 'map(K, V)' but found '${typeText(last)}'`)
      case 'sortBy': {
        const ordered = overloadsOf('sort')!.some(({ args }) => assignable(args[0]!, list(last), new Map()))
        return ordered ? list(item) : this.#fail(steps[0]!.at, `found no matching overload for '@sortByAssociatedKeys' applied to '${typeText(list(item))}.(${typeText(list(last))})'`)
      }
      default:
        return BOOL
    }
  }

  /** The type of one variable, and of two. */
  #items(expr: Expr & { is: 'fold' }, range: CelType): [CelType, [CelType, CelType]] {
    switch (range.is) {
      case 'list':
        return [range.of, [INT, range.of]]
      case 'map':
        return [range.key, [range.key, range.of]]
      case 'dyn':
      case 'error':
        return [DYN, [DYN, DYN]]
      default:
        this.#fail(expr.range.at, `expression of type '${typeText(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`)
        return [ERROR, [ERROR, ERROR]]
    }
  }
}

function literalType(value: Extract<Expr, { is: 'literal' }>['value']): CelType {
  if (value === null) return NULL
  if (value instanceof Uint) return UINT
  if (value instanceof Bytes) return BYTES
  switch (typeof value) {
    case 'boolean':
      return BOOL
    case 'bigint':
      return INT
    case 'number':
      return DOUBLE
    default:
      return STRING
  }
}

/** "a.b.c" of a plain chain of names. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.is === 'ident') return expr.name
  if (expr.is !== 'select' || expr.test || expr.optional) return undefined
  const before = qualifiedName(expr.operand)
  return before === undefined ? undefined : `${before}.${expr.field}`
}
