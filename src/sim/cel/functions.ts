import { addressFunctions } from './addresses.ts'
import { Bytes, Uint } from './ast.ts'
import { convert } from './conversions.ts'
import { formatFunctions } from './formats.ts'
import { listFunctions } from './lists.ts'
import { quantityFunctions } from './quantities.ts'
import { stringFunctions } from './strings.ts'
import { timeFunctions } from './times.ts'
import { urlFunctions } from './urls.ts'
import { computedList, fault, NONE, Optional, pairs, TypeValue, typeOf } from './values.ts'

type Functions = Readonly<Record<string, (...args: never[]) => unknown>>

const GENERAL: Functions = {
  size: (value: unknown) => {
    if (typeof value === 'string') return BigInt([...value].length)
    if (value instanceof Bytes) return BigInt(value.text.length)
    if (Array.isArray(value)) return BigInt(value.length)
    return BigInt((pairs(value) ?? fault('no such overload')).length)
  },
  dyn: (value: unknown) => value,
  type: (value: unknown) => new TypeValue(typeOf(value)),
  'optional.of': (value: unknown) => new Optional(value),
  'optional.none': () => NONE,
  'optional.ofNonZeroValue': (value: unknown) => (isZero(value) ? NONE : new Optional(value)),
  hasValue: (value: unknown) => (value instanceof Optional ? value.has : fault('no such overload')),
  value: (value: unknown) => (value instanceof Optional ? (value.has ? value.value : fault('optional.none() dereference')) : fault('no such overload')),
  or: (value: unknown, other: unknown) => (value instanceof Optional ? (value.has ? value : other) : fault('no such overload')),
  orValue: (value: unknown, other: unknown) => (value instanceof Optional ? (value.has ? value.value : other) : fault('no such overload')),
  'jsonpatch.escapeKey': (key: string) => key.replace(/~/g, '~0').replace(/\//g, '~1'),
}

function isZero(value: unknown): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true
  if (value instanceof Uint) return value.value === 0n
  return Array.isArray(value) ? value.length === 0 : pairs(value)?.length === 0
}

const TABLES: readonly Functions[] = [GENERAL, stringFunctions, listFunctions, timeFunctions, quantityFunctions, addressFunctions, urlFunctions, formatFunctions]

/** Functions and members; the receiver is the first argument. */
export function callFunction(name: string, args: readonly unknown[]): unknown {
  const converted = convert(name, args)
  if (converted !== undefined) return converted
  // The same name may belong to strings and to lists: the first table whose function takes the receiver answers.
  const isList = Array.isArray(args[0])
  const tables: readonly Functions[] = isList ? [listFunctions, ...TABLES] : TABLES
  for (const table of tables) {
    if (!Object.hasOwn(table, name)) continue
    const result = (table[name] as (...values: readonly unknown[]) => unknown)(...args)
    return Array.isArray(result) ? computedList(result) : result
  }
  return fault(`no such overload: ${name}`)
}
