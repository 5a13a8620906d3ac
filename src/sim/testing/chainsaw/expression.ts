import { compile, register, TreeInterpreter, TYPE_ANY, TYPE_ARRAY, TYPE_STRING } from '@jmespath-community/jmespath'
import { parse } from 'yaml'
import type { JsonValue } from '../../api/meta.ts'

/** An expression that cannot be read or evaluated. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

/** Values by name, without the dollar sign. */
export type Bindings = Readonly<Record<string, JsonValue>>

type Tree = ReturnType<typeof compile>
type Value = Parameters<typeof TreeInterpreter.search>[1]

const compiled = new Map<string, Tree>()

/** kyverno-json's additions to JMESPath that tests use; one that is missing is reported as unknown by the library. */
const FUNCTIONS: readonly [string, readonly number[], (args: readonly never[]) => JsonValue][] = [
  ['trim_space', [TYPE_STRING], ([text]: readonly string[]) => text!.trim()],
  ['to_upper', [TYPE_STRING], ([text]: readonly string[]) => text!.toUpperCase()],
  ['to_lower', [TYPE_STRING], ([text]: readonly string[]) => text!.toLowerCase()],
  ['trim_prefix', [TYPE_STRING, TYPE_STRING], ([text, prefix]: readonly string[]) => (text!.startsWith(prefix!) ? text!.slice(prefix!.length) : text!)],
  ['regex_match', [TYPE_STRING, TYPE_STRING], ([pattern, text]: readonly string[]) => new RegExp(pattern!).test(text!)],
  ['replace_all', [TYPE_STRING, TYPE_STRING, TYPE_STRING], ([text, from, to]: readonly string[]) => text!.split(from!).join(to!)],
  ['concat', [TYPE_STRING, TYPE_STRING], ([a, b]: readonly string[]) => a! + b!],
  ['at', [TYPE_ARRAY, TYPE_ANY], ([list, index]: readonly JsonValue[]) => (list as readonly JsonValue[])[Number(index)] ?? null],
  ['parse_json', [TYPE_STRING], ([text]: readonly string[]) => JSON.parse(text!) as JsonValue],
  ['json_parse', [TYPE_STRING], ([text]: readonly string[]) => JSON.parse(text!) as JsonValue],
  ['parse_yaml', [TYPE_STRING], ([text]: readonly string[]) => parse(text!) as JsonValue],
]
for (const [name, types, run] of FUNCTIONS) register(name, run as never, types.map((type) => ({ types: [type] })), { override: true })

/** Evaluates a JMESPath expression (community edition) against `value` with `$name` bindings. Throws ExpressionError. */
export function evaluate(expression: string, value: JsonValue, bindings: Bindings): JsonValue {
  try {
    return search(expression, value, bindings)
  } catch (reason) {
    throw new ExpressionError(`(${expression}): ${reason instanceof Error ? reason.message : String(reason)}`)
  }
}

function search(expression: string, value: JsonValue, bindings: Bindings): JsonValue {
  let tree = compiled.get(expression)
  if (!tree) compiled.set(expression, (tree = compile(expression)))
  const scoped = {
    type: 'LetExpression',
    bindings: Object.entries(bindings).map(([variable, bound]) => ({ type: 'Binding', variable, reference: { type: 'Literal', value: bound } })),
    expression: tree,
  } as Tree
  return TreeInterpreter.search(scoped, value as Value) as JsonValue
}

/** The expression inside "(…)"; undefined for plain text. */
export const expressionOf = (text: string): string | undefined => (text.length > 2 && text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : undefined)

/** A copy of `value` in which every string (and key) that is an expression is what it evaluates to. */
export function fillIn(value: JsonValue, bindings: Bindings): JsonValue {
  if (typeof value === 'string') {
    const expression = expressionOf(value)
    return expression === undefined ? value : evaluate(expression, null, bindings)
  }
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => fillIn(item, bindings))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(fillIn(key, bindings)), fillIn(item as JsonValue, bindings)]))
}
