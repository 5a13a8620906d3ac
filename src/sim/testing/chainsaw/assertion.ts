import type { JsonValue } from '../../api/meta.ts'
import { evaluate, ExpressionError, expressionOf, type Bindings } from './expression.ts'
import { isObject } from './reader.ts'

/** One thing that does not hold, in kyverno-json's wording: "status.replicas: Invalid value: 2: Expected value: 3". */
export type Mismatch = string

/**
 * Holds `tree` against `actual` (kyverno-json's assertion trees): a mapping projects fields, a key "(expression)" projects what
 * the expression gives, "~." before it does so for each item, "->name" after it binds it; lists are compared item by
 * item, scalars by equality, a scalar "(expression)" by what it evaluates to. Returns what does not hold.
 */
export function assertTree(tree: JsonValue, actual: JsonValue, bindings: Bindings, path = ''): readonly Mismatch[] {
  if (Array.isArray(tree)) return assertList(tree as readonly JsonValue[], actual, bindings, path)
  if (isObject(tree)) return Object.entries(tree).flatMap(([key, expected]) => assertKey(key, expected ?? null, actual, bindings, path))
  return assertScalar(tree as string | number | boolean | null, actual, bindings, path)
}

function assertList(tree: readonly JsonValue[], actual: JsonValue, bindings: Bindings, path: string): readonly Mismatch[] {
  if (!Array.isArray(actual)) return [`${path || '<root>'}: Invalid value: ${show(actual)}: a list was expected`]
  if (tree.length !== actual.length) return [`${path || '<root>'}: Invalid value: ${show(actual)}: lengths of slices don't match`]
  return tree.flatMap((item, i) => assertTree(item, (actual as readonly JsonValue[])[i]!, bindings, `${path}[${i}]`))
}

const KEY = /^(?:(~(?:(\w+)\.)?)\.?)?(.*?)(?:->(\w+))?$/s

interface Key {
  readonly forEach: boolean
  /** Name under which the index of an item is bound. */
  readonly index: string | undefined
  readonly expression: string | undefined
  readonly field: string
  readonly binding: string | undefined
}

/** Splits "~index.(expression)->name" into its parts. A field in backslashes, "\(x)\", stands for itself. */
function parseKey(text: string): Key {
  if (text.startsWith('\\') && text.endsWith('\\') && text.length > 1)
    return { forEach: false, index: undefined, expression: undefined, field: text.slice(1, -1), binding: undefined }
  const [, each, index, body = '', binding] = KEY.exec(text)!
  return { forEach: each !== undefined, index, expression: expressionOf(body), field: body, binding }
}

function project(key: Key, actual: JsonValue, bindings: Bindings): JsonValue | undefined {
  if (key.expression !== undefined) return evaluate(key.expression, actual, bindings)
  if (key.field === '' && key.forEach) return actual
  return isObject(actual) ? actual[key.field] : undefined
}

function assertKey(text: string, expected: JsonValue, actual: JsonValue, bindings: Bindings, path: string): readonly Mismatch[] {
  const key = parseKey(text)
  const here = path ? `${path}.${text}` : text
  let projected: JsonValue | undefined
  try {
    projected = project(key, actual, bindings)
  } catch (reason) {
    if (!(reason instanceof ExpressionError)) throw reason
    return [`${here}: Internal error: ${reason.message}`]
  }
  if (projected === undefined) return [`${here}: Required value: field not found in the input object`]
  const inner = key.binding ? { ...bindings, [key.binding]: projected } : bindings
  if (!key.forEach) return assertTree(expected, projected, inner, here)
  if (Array.isArray(projected))
    return (projected as readonly JsonValue[]).flatMap((item, i) => assertTree(expected, item, key.index ? { ...inner, [key.index]: i } : inner, `${here}[${i}]`))
  if (isObject(projected))
    return Object.entries(projected).flatMap(([name, item]) => assertTree(expected, item ?? null, key.index ? { ...inner, [key.index]: name } : inner, `${here}.${name}`))
  return [`${here}: Invalid value: ${show(projected)}: neither a list nor a mapping, so there is nothing to go through`]
}

function assertScalar(tree: string | number | boolean | null, actual: JsonValue, bindings: Bindings, path: string): readonly Mismatch[] {
  const expression = typeof tree === 'string' ? expressionOf(tree) : undefined
  let expected: JsonValue = tree
  if (expression !== undefined) {
    try {
      expected = evaluate(expression, actual, bindings)
    } catch (reason) {
      if (!(reason instanceof ExpressionError)) throw reason
      return [`${path}: Internal error: ${reason.message}`]
    }
  }
  return same(expected, actual) ? [] : [`${path || '<root>'}: Invalid value: ${show(actual)}: Expected value: ${show(expected)}`]
}

function same(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item as JsonValue, (b as readonly JsonValue[])[i]!))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => b[key] !== undefined && same(a[key]!, b[key]!))
}

function show(value: JsonValue): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
