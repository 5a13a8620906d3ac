import type { Expr } from './ast.ts'
import { qualifiedName } from './check.ts'
import { callFunction } from './functions.ts'
import { callOperator } from './operators.ts'
import { overloadsOf } from './overloads.ts'
import { CelMap, compare, computedList, Fault, fault, fromJson, isHost, keyOf, lookUp, Message, NONE, Optional, pairs, TypeValue, typeOf } from './values.ts'

/** Values of variables, plain data or CEL values. */
export type Activation = Readonly<Record<string, unknown>>

export type Result = { readonly value: unknown } | { readonly error: string }

/** Steps that one evaluation may take: far more than honest policies need. */
const BUDGET = 1_000_000

/** Evaluates a checked expression; a fault is given back as its text. Never throws, always ends. */
export function evaluate(expr: Expr, activation: Activation): Result {
  try {
    return { value: new Evaluation(activation).run(expr, undefined) }
  } catch (reason) {
    if (reason instanceof Fault) return { error: reason.message }
    if (reason instanceof RangeError) return { error: 'operation cancelled: evaluation is nested too deeply' }
    throw reason
  }
}

interface Locals {
  readonly name: string
  readonly value: unknown
  readonly outer: Locals | undefined
}

class Evaluation {
  readonly #activation: Activation
  #left = BUDGET

  constructor(activation: Activation) {
    this.#activation = activation
  }

  run(expr: Expr, locals: Locals | undefined): unknown {
    if (--this.#left < 0) fault('operation cancelled: actual cost limit exceeded')
    switch (expr.is) {
      case 'literal':
        return expr.value
      case 'ident':
        return this.#ident(expr.name, locals)
      case 'select':
        return this.#select(expr, locals)
      case 'call':
        return this.#call(expr, locals)
      case 'list':
        return computedList(expr.items.flatMap(({ value, optional }) => this.#maybe(this.run(value, locals), optional)))
      case 'map':
        return this.#map(expr, locals)
      case 'message':
        return new Message(expr.type, Object.fromEntries(expr.fields.flatMap(({ name, value, optional }) => this.#maybe(this.run(value, locals), optional).map((v) => [name, v]))))
      case 'fold':
        return this.#fold(expr, locals)
      case 'bind':
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
    const plain = name.replace(/^\./, '')
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
    const namespaced = target ? qualifiedName(target) : undefined
    const whole = namespaced !== undefined && !this.#isVariable(namespaced.split('.')[0]!, locals) ? `${namespaced}.${name}` : undefined
    if (whole !== undefined && overloadsOf(whole)) return callFunction(whole, args.map((arg) => this.run(arg, locals)))
    if (target && (name === 'optMap' || name === 'optFlatMap') && args.length === 2) return this.#optMap(expr, locals)
    const receiver = target ? this.run(target, locals) : undefined
    if (target && isHost(receiver)) return receiver.call(name, args.map((arg) => this.run(arg, locals)))
    const values = args.map((arg) => this.run(arg, locals))
    if (!target && /^[_@!-]/.test(name)) return callOperator(name, values)
    return callFunction(name.replace(/^\./, ''), target ? [receiver, ...values] : values)
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
        if (!(reason instanceof Fault)) throw reason
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
    const holds = (scope: Locals): boolean => {
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
        return computedList(items.flatMap((item) => (holds(scopeOf(item)) ? [Array.isArray(range) ? item[1] : item[0]] : [])))
      case 'sortBy': {
        const keyed = items.map((item) => [this.run(steps[0]!, scopeOf(item)), item[1]] as const)
        return computedList(keyed.sort(([a], [b]) => compare(a, b)).map(([, value]) => value))
      }
      case 'map':
      case 'transformList':
      case 'transformMapEntry':
      case 'transformMap': {
        const results = items.flatMap((item) => {
          const scope = scopeOf(item)
          if (steps.length === 2 && !holds(scope)) return []
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
        if (!(reason instanceof Fault)) throw reason
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
