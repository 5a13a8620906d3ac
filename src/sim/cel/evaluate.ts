import type { Expr } from './ast.ts'
import { actualCost } from './actual-cost.ts'
import { qualifiedName } from './check.ts'
import { callFunction } from './functions.ts'
import { callOperator } from './operators.ts'
import { overloadsOf } from './overloads.ts'
import { CelMap, compare, computedList, Fault, fault, fromJson, isHost, keyOf, lookUp, Message, NONE, Optional, pairs, TypeValue, typeOf } from './values.ts'

/** Values of variables, plain data or CEL values. */
export type Activation = Readonly<Record<string, unknown>>

/** What an expression came to, and what that cost in CEL's units. */
export type Result = ({ readonly value: unknown } | { readonly error: string }) & { readonly cost: number }

/** What one evaluation may cost (apiserver: apis/cel/config.go, PerCallLimit). */
const LIMIT = 1_000_000
/** Steps that it may take: some are free, and many of them would take long all the same. */
const STEPS = 5_000_000
const EXCEEDED = 'operation cancelled: actual cost limit exceeded'
const LIST_COST = 10
const MAP_COST = 30
const MESSAGE_COST = 40

/** What the macros of comprehensions cost per element besides their steps, and at their start and end (cel-go: parser/macro.go). */
const FOLD_COSTS: Readonly<Record<(Expr & { is: 'fold' })['macro'], readonly [around: number, each: number]>> = {
  all: [1, 3], exists: [1, 4], exists_one: [2, 2], existsOne: [2, 2], filter: [LIST_COST + 1, 1], map: [LIST_COST + 1, LIST_COST + 2], sortBy: [LIST_COST + 1, LIST_COST + 2],
  transformList: [LIST_COST + 1, LIST_COST + 2], transformMap: [MAP_COST + 1, 3], transformMapEntry: [MAP_COST + 1, 2],
}

/** Evaluates a checked expression; a fault is given back as its text. Never throws, always ends. */
export function evaluate(expr: Expr, activation: Activation): Result {
  const evaluation = new Evaluation(activation)
  try {
    const value = evaluation.run(expr, undefined)
    return { value, cost: evaluation.cost }
  } catch (reason) {
    if (reason instanceof Fault) return { error: reason.message, cost: evaluation.cost }
    if (reason instanceof RangeError) return { error: 'operation cancelled: evaluation is nested too deeply', cost: evaluation.cost }
    throw reason
  }
}

interface Locals {
  readonly name: string
  readonly value: unknown
  readonly outer: Locals | undefined
}

/** The end of an evaluation that costs too much, which no other side of an `||` makes good. */
class Cancelled extends Fault {}

const DOT = 46
const plainName = (name: string): string => (name.charCodeAt(0) === DOT ? name.slice(1) : name)

/** The names of operators begin with a sign that no function's has: "_+_", "@in", "!_", "-_"; looked at by its code, as every step passes here. */
function isOperator(name: string): boolean {
  const first = name.charCodeAt(0)
  return first === 95 || first === 64 || first === 33 || first === 45
}

const constants = new WeakMap<Expr, boolean>()

/** A list that is written out is made when the expression is compiled. */
function isConstant(expr: Expr & { is: 'list' }): boolean {
  let known = constants.get(expr)
  if (known === undefined) constants.set(expr, (known = expr.items.every(({ value }) => value.is === 'literal' || (value.is === 'list' && isConstant(value)))))
  return known
}

class Evaluation {
  readonly #activation: Activation
  #steps = STEPS
  cost = 0

  constructor(activation: Activation) {
    this.#activation = activation
  }

  #spend(cost: number): void {
    if ((this.cost += cost) > LIMIT) throw new Cancelled(EXCEEDED)
  }

  run(expr: Expr, locals: Locals | undefined): unknown {
    if (--this.#steps < 0) throw new Cancelled(EXCEEDED)
    switch (expr.is) {
      case 'literal':
        return expr.value
      case 'ident':
        this.#spend(1)
        return this.#ident(expr.name, locals)
      case 'select':
        if (!expr.test) this.#spend(1)
        return this.#select(expr, locals)
      case 'call':
        return this.#call(expr, locals)
      case 'list':
        if (!isConstant(expr)) this.#spend(LIST_COST)
        return computedList(expr.items.flatMap(({ value, optional }) => this.#maybe(this.run(value, locals), optional)))
      case 'map':
        this.#spend(MAP_COST)
        return this.#map(expr, locals)
      case 'message':
        this.#spend(MESSAGE_COST)
        return new Message(expr.type, Object.fromEntries(expr.fields.flatMap(({ name, value, optional }) => this.#maybe(this.run(value, locals), optional).map((v) => [name, v]))))
      case 'fold':
        return this.#fold(expr, locals)
      case 'bind':
        this.#spend(LIST_COST)
        return this.run(expr.body, { name: expr.name, value: this.run(expr.value, locals), outer: locals })
    }
  }

  #maybe(value: unknown, optional: boolean): readonly unknown[] {
    return !optional ? [value] : value instanceof Optional ? (value.has ? [value.value] : []) : [value]
  }

  #map(expr: Expr & { is: 'map' }, locals: Locals | undefined): CelMap {
    const entries = new Map<string, readonly [unknown, unknown]>()
    for (const { key, value, optional } of expr.entries) {
      const k = this.run(key, locals)
      const id = keyOf(k)
      if (entries.has(id)) fault(`Failed with repeated key`)
      for (const v of this.#maybe(this.run(value, locals), optional)) entries.set(id, [k, v])
    }
    return new CelMap(entries)
  }

  #ident(name: string, locals: Locals | undefined): unknown {
    const plain = plainName(name)
    for (let scope = locals; scope; scope = scope.outer) if (scope.name === plain) return scope.value
    if (Object.hasOwn(this.#activation, plain)) return fromJson(this.#activation[plain])
    return new TypeValue(plain)
  }

  #isVariable(name: string, locals: Locals | undefined): boolean {
    for (let scope = locals; scope; scope = scope.outer) if (scope.name === name) return true
    return Object.hasOwn(this.#activation, name)
  }

  #select(expr: Expr & { is: 'select' }, locals: Locals | undefined): unknown {
    const { field, test } = expr
    const operand = this.run(expr.operand, locals)
    if (operand instanceof Optional || expr.optional) {
      const inside = operand instanceof Optional ? operand.value : operand
      const found = inside === undefined ? undefined : lookUp(inside, field)
      if (test) return found !== undefined
      return found === undefined ? NONE : new Optional(found)
    }
    if (isHost(operand)) return operand.field?.(field) ?? fault(`no such key: ${field}`)
    if (operand instanceof TypeValue) return new TypeValue(`${operand.name}.${field}`)
    const found = lookUp(operand, field)
    if (test) {
      if (found === undefined && !pairs(operand)) fault('no such overload')
      return found !== undefined
    }
    if (found === undefined) fault(pairs(operand) ? `no such key: ${field}` : 'no such overload')
    return found
  }

  #call(expr: Expr & { is: 'call' }, locals: Locals | undefined): unknown {
    const { name, target, args } = expr
    switch (name) {
      case '_&&_':
      case '_||_':
        return this.#logic(name === '_||_', args, locals)
      case '_?_:_': {
        const condition = this.run(args[0]!, locals)
        if (typeof condition !== 'boolean') fault('no such overload')
        return this.run(args[condition ? 1 : 2]!, locals)
      }
    }
    if (!target && isOperator(name)) return this.#charged(name, args.length === 2 ? [this.run(args[0]!, locals), this.run(args[1]!, locals)] : args.map((arg) => this.run(arg, locals)), callOperator)
    const namespaced = target ? qualifiedName(target) : undefined
    const whole = namespaced !== undefined && !this.#isVariable(namespaced.split('.')[0]!, locals) ? `${namespaced}.${name}` : undefined
    if (whole !== undefined && overloadsOf(whole)) return this.#charged(whole, args.map((arg) => this.run(arg, locals)), callFunction)
    if (target && (name === 'optMap' || name === 'optFlatMap') && args.length === 2) return this.#optMap(expr, locals)
    const receiver = target ? this.run(target, locals) : undefined
    if (target && isHost(receiver)) return this.#charged(name, [receiver, ...args.map((arg) => this.run(arg, locals))], (_name, [, ...given]) => receiver.call(name, given))
    const values = args.map((arg) => this.run(arg, locals))
    return this.#charged(plainName(name), target ? [receiver, ...values] : values, callFunction)
  }

  #charged(name: string, values: readonly unknown[], act: (name: string, values: readonly unknown[]) => unknown): unknown {
    const result = act(name, values)
    this.#spend(actualCost(name, values, result))
    return result
  }

  #optMap({ name, target, args }: Expr & { is: 'call' }, locals: Locals | undefined): unknown {
    const outer = this.run(target!, locals)
    if (!(outer instanceof Optional)) return fault('no such overload')
    if (!outer.has) return NONE
    const inner = this.run(args[1]!, { name: (args[0] as Expr & { is: 'ident' }).name, value: outer.value, outer: locals })
    return name === 'optFlatMap' ? inner : new Optional(inner)
  }

  /** One side may fault when the other decides. */
  #logic(decisive: boolean, args: readonly Expr[], locals: Locals | undefined): boolean {
    let failed: Fault | undefined
    for (const arg of args) {
      try {
        const value = this.run(arg, locals)
        if (value === decisive) return decisive
        if (typeof value !== 'boolean') failed ??= new Fault('no such overload')
      } catch (reason) {
        if (!(reason instanceof Fault) || reason instanceof Cancelled) throw reason
        failed ??= reason
      }
    }
    if (failed) throw failed
    return !decisive
  }

  #fold(expr: Expr & { is: 'fold' }, locals: Locals | undefined): unknown {
    const range = this.run(expr.range, locals)
    const { names, macro, steps } = expr
    const items: readonly (readonly [unknown, unknown])[] = Array.isArray(range)
      ? range.map((item, i) => [BigInt(i), fromJson(item)] as const)
      : (pairs(range) ?? fault(`no such overload: range of a comprehension is ${typeOf(range)}`))
    const scopeOf = ([key, value]: readonly [unknown, unknown]): Locals => {
      if (names.length === 2) return { name: names[1]!, value, outer: { name: names[0]!, value: key, outer: locals } }
      return { name: names[0]!, value: Array.isArray(range) ? value : key, outer: locals }
    }
    const [around, each] = FOLD_COSTS[macro]
    this.#spend(around)
    const holds = (scope: Locals): boolean => {
      this.#spend(each)
      const value = this.run(steps[0]!, scope)
      return typeof value === 'boolean' ? value : fault('no such overload')
    }
    switch (macro) {
      case 'all':
      case 'exists':
        return this.#search(macro === 'exists', items.map(scopeOf), holds)
      case 'exists_one':
      case 'existsOne':
        return items.filter((item) => holds(scopeOf(item))).length === 1
      case 'filter':
        return computedList(items.flatMap((item) => {
          if (!holds(scopeOf(item))) return []
          this.#spend(LIST_COST + 2)
          return [Array.isArray(range) ? item[1] : item[0]]
        }))
      case 'sortBy': {
        const keyed = items.map((item) => {
          this.#spend(each)
          return [this.run(steps[0]!, scopeOf(item)), item[1]] as const
        })
        return computedList(keyed.sort(([a], [b]) => compare(a, b)).map(([, value]) => value))
      }
      case 'map':
      case 'transformList':
      case 'transformMapEntry':
      case 'transformMap': {
        const results = items.flatMap((item) => {
          const scope = scopeOf(item)
          if (steps.length === 2 && !holds(scope)) return []
          if (steps.length === 1) this.#spend(each)
          return [[item[0], this.run(steps.at(-1)!, scope)] as const]
        })
        if (macro === 'transformMapEntry') return mergedEntries(results.map(([, value]) => value))
        if (macro !== 'transformMap') return computedList(results.map(([, value]) => value))
        return new CelMap(new Map(results.map(([key, value]) => [keyOf(key), [key, value] as const])))
      }
    }
  }

  #search(decisive: boolean, scopes: readonly Locals[], holds: (scope: Locals) => boolean): boolean {
    let failed: Fault | undefined
    for (const scope of scopes) {
      try {
        if (holds(scope) === decisive) return decisive
      } catch (reason) {
        if (!(reason instanceof Fault) || reason instanceof Cancelled) throw reason
        failed ??= reason
      }
    }
    if (failed) throw failed
    return !decisive
  }
}

/** Maps of entries as one map; a key may come once only. */
function mergedEntries(maps: readonly unknown[]): CelMap {
  const entries = new Map<string, readonly [unknown, unknown]>()
  for (const made of maps)
    for (const [key, value] of pairs(made) ?? fault('no such overload')) {
      const id = keyOf(key)
      if (entries.has(id)) fault(`insert failed: key '${String(key)}' already exists`)
      entries.set(id, [key, value])
    }
  return new CelMap(entries)
}
