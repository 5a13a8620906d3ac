import { formatQuantity, parseQuantity, type ParsedQuantity } from '../api/quantity.ts'
import { Bytes, Uint } from './ast.ts'

/** A fault of an evaluation: thrown inside of it, given back as text by it. */
export class Fault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

export const fault = (message: string): never => {
  throw new Fault(message)
}

/** Nanoseconds since 1970. */
export class Timestamp {
  readonly ns: bigint
  constructor(ns: bigint) {
    this.ns = ns
  }
}

export class Duration {
  readonly ns: bigint
  constructor(ns: bigint) {
    this.ns = ns
  }
}

export class Optional {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
  get has(): boolean {
    return this.value !== undefined
  }
}
export const NONE = new Optional(undefined)

export class TypeValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

export class Quantity {
  readonly parsed: ParsedQuantity
  constructor(parsed: ParsedQuantity) {
    this.parsed = parsed
  }
}

export class Semver {
  readonly parts: readonly bigint[]
  readonly pre: string
  constructor(parts: readonly bigint[], pre: string) {
    this.parts = parts
    this.pre = pre
  }
}

/** A value of one of Kubernetes' own types that its text tells apart from others of the type (addresses, ranges, URLs). */
export class Opaque {
  readonly type: string
  readonly text: string
  constructor(type: string, text: string) {
    this.type = type
    this.text = text
  }
}

/** A map whose keys may be other than strings, as literals make them. */
export class CelMap {
  readonly entries: ReadonlyMap<string, readonly [key: unknown, value: unknown]>
  constructor(entries: ReadonlyMap<string, readonly [key: unknown, value: unknown]>) {
    this.entries = entries
  }
}

/** A message made by an expression ("Object.spec"): plain fields under a type's name. */
export class Message {
  readonly type: string
  readonly fields: Readonly<Record<string, unknown>>
  constructor(type: string, fields: Readonly<Record<string, unknown>>) {
    this.type = type
    this.fields = fields
  }
}

/** Something of the host that answers member calls and selections, e.g. the authorizer. */
export interface HostObject {
  readonly hostType: string
  call(name: string, args: readonly unknown[]): unknown
  field?(name: string): unknown
}
export const isHost = (value: unknown): value is HostObject => typeof value === 'object' && value !== null && 'hostType' in value

/** A value that is computed when it is first asked for. */
export class Lazy {
  #compute: (() => unknown) | undefined
  #value: unknown
  constructor(compute: () => unknown) {
    this.#compute = compute
  }
  get(): unknown {
    if (this.#compute) {
      const compute = this.#compute
      this.#compute = () => fault('cyclic variable')
      this.#value = compute()
      this.#compute = undefined
    }
    return this.#value
  }
}

/** A double within a list or a map: there a whole number would pass for an int. */
export class Double {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A list that was computed, whose doubles stay doubles. */
export function computedList(values: readonly unknown[]): readonly unknown[] {
  const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)
  return values.some(isWhole) ? values.map((value) => (isWhole(value) ? new Double(value) : value)) : values
}

/** Lists of a schema that are sets (no keys) or maps (by keys): in these order says nothing. */
const marked = new WeakMap<object, readonly string[]>()
export const markList = (list: readonly unknown[], keys: readonly string[]): void => void marked.set(list, keys)

/** What tells items of a marked list apart. */
const itemIdentity = (item: unknown, keys: readonly string[]): unknown => (keys.length === 0 ? item : keys.map((key) => lookUp(item, key) ?? null))

/** Items of a marked list by what tells them apart, so that looking for one does not mean looking at all. */
class Bag {
  readonly #items = new Map<string, unknown[]>()
  readonly #keys: readonly string[]

  constructor(items: readonly unknown[], keys: readonly string[]) {
    this.#keys = keys
    for (const item of items) {
      const text = this.#text(item)
      const known = this.#items.get(text)
      if (known) known.push(item)
      else this.#items.set(text, [item])
    }
  }

  /** Equal identities have equal texts; those of values within values are all the same. */
  #text(item: unknown): string {
    const identity = itemIdentity(fromJson(item), this.#keys)
    return (Array.isArray(identity) ? identity : [identity]).map((part) => (typeof part === 'object' && part !== null ? typeOf(part) : String(part))).join('\n')
  }

  find(item: unknown): unknown {
    const wanted = itemIdentity(fromJson(item), this.#keys)
    return this.#items.get(this.#text(item))?.find((other) => equal(itemIdentity(fromJson(other), this.#keys), wanted))
  }
}

/** Two lists as one; what a set has already does not come again, and an item of a map takes the place of its predecessor. */
export function joinedLists(a: readonly unknown[], b: readonly unknown[]): readonly unknown[] {
  const keys = marked.get(a)
  if (!keys) return [...a, ...b]
  const [inA, inB] = [new Bag(a, keys), new Bag(b, keys)]
  const joined = [...a.map((item) => inB.find(item) ?? item), ...b.filter((other) => inA.find(other) === undefined)]
  markList(joined, keys)
  return joined
}

/** Plain data as CEL sees it: whole numbers are ints. */
export function fromJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (value instanceof Double) return value.value
  if (value instanceof Lazy) return fromJson(value.get())
  return value === undefined ? null : value
}

/** A value as plain data again: what a patch is made of. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (value instanceof Double) return value.value
  if (value instanceof Optional) return toJson(value.value)
  if (value instanceof Message) return plainRecord(Object.entries(value.fields))
  if (value instanceof CelMap) return plainRecord([...value.entries.values()].map(([k, v]) => [keyText(k), v]))
  if (value instanceof Quantity) return formatQuantity(value.parsed)
  if (value instanceof Opaque) return value.text
  if (Array.isArray(value)) return value.map(toJson)
  if (isPlain(value)) return plainRecord(Object.entries(value))
  return value
}

function plainRecord(entries: readonly (readonly [string, unknown])[]): unknown {
  return Object.fromEntries(entries.flatMap(([k, v]) => (v === undefined || (v instanceof Optional && !v.has) ? [] : [[k, toJson(v)]])))
}

export const keyText = (key: unknown): string => (key instanceof Uint ? key.value.toString() : String(key))

/** The key of a CelMap's entry: equal numbers of different types are one key. */
export function keyOf(key: unknown): string {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'bigint') return `n${key}`
  if (key instanceof Uint) return `n${key.value}`
  if (typeof key === 'number' && Number.isSafeInteger(key)) return `n${key}`
  if (typeof key === 'boolean') return `b${key}`
  return fault(`unsupported key type: ${typeOf(key)}`)
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSpecial(value)
}

const isSpecial = (value: object): boolean =>
  value instanceof CelMap || value instanceof Message || value instanceof Uint || value instanceof Bytes || value instanceof Timestamp || value instanceof Duration ||
  value instanceof Optional || value instanceof TypeValue || value instanceof Quantity || value instanceof Semver || value instanceof Opaque || value instanceof Double || value instanceof Lazy || isHost(value)

/** The name of a value's type. */
export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null_type'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'double'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Bytes) return 'bytes'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Optional) return 'optional_type'
  if (value instanceof TypeValue) return 'type'
  if (value instanceof Quantity) return 'kubernetes.Quantity'
  if (value instanceof Semver) return 'kubernetes.Semver'
  if (value instanceof Message || value instanceof Opaque) return value.type
  if (isHost(value)) return value.hostType
  return Array.isArray(value) ? 'list' : 'map'
}

const asNumber = (value: unknown): bigint | number | undefined =>
  typeof value === 'bigint' || typeof value === 'number' ? value : value instanceof Uint ? value.value : undefined

/** Equality over all types; numbers of different types by value. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  const [x, y] = [asNumber(a), asNumber(b)]
  // eslint-disable-next-line eqeqeq
  if (x !== undefined && y !== undefined) return x == y
  if (Array.isArray(a) && Array.isArray(b) && (marked.has(a) || marked.has(b))) {
    const bag = new Bag(b, marked.get(a) ?? marked.get(b)!)
    return a.length === b.length && a.every((item) => equal(fromJson(item), fromJson(bag.find(item))))
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(fromJson(item), fromJson(b[i])))
  if (a instanceof Bytes && b instanceof Bytes) return a.text === b.text
  if ((a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration)) return a.ns === b.ns
  if (a instanceof Optional && b instanceof Optional) return a.has === b.has && (!a.has || equal(a.value, b.value))
  if (a instanceof TypeValue && b instanceof TypeValue) return a.name === b.name
  if (a instanceof Opaque && b instanceof Opaque) return a.type === b.type && a.text === b.text
  if (a instanceof Quantity && b instanceof Quantity) return compareParsed(a.parsed, b.parsed) === 0
  if (a instanceof Semver && b instanceof Semver) return compareSemver(a, b) === 0
  const [m, n] = [pairs(a), pairs(b)]
  if (!m || !n || m.length !== n.length) return false
  return m.every(([key, value]) => {
    const other = lookUp(b, key)
    return other !== undefined && equal(value, other)
  })
}

/** Keys and values of a map, in a defined order; undefined for what is none. */
export function pairs(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (value instanceof CelMap) return [...value.entries.values()]
  if (value instanceof Message) return Object.keys(value.fields).sort().map((key) => [key, value.fields[key]] as const)
  if (!isPlain(value)) return undefined
  return Object.keys(value).filter((key) => value[key] !== undefined).sort().map((key) => [key, fromJson(value[key])] as const)
}

/** The value under a key; undefined when there is none. */
export function lookUp(value: unknown, key: unknown): unknown {
  if (value instanceof CelMap) return value.entries.get(keyOf(key))?.[1]
  const fields = value instanceof Message ? value.fields : isPlain(value) ? value : undefined
  if (!fields || typeof key !== 'string' || !Object.hasOwn(fields, key) || fields[key] === undefined) return undefined
  return fromJson(fields[key])
}

/** Exact comparison of two quantities. */
export function compareParsed(a: ParsedQuantity, b: ParsedQuantity): number {
  const scale = Math.min(a.scale, b.scale)
  const [x, y] = [a.unscaled * 10n ** BigInt(a.scale - scale), b.unscaled * 10n ** BigInt(b.scale - scale)]
  return x < y ? -1 : x > y ? 1 : 0
}

export function compareSemver(a: Semver, b: Semver): number {
  for (let i = 0; i < 3; i++) if (a.parts[i] !== b.parts[i]) return a.parts[i]! < b.parts[i]! ? -1 : 1
  if (a.pre === b.pre) return 0
  if (a.pre === '' || b.pre === '') return a.pre === '' ? 1 : -1
  return a.pre < b.pre ? -1 : 1
}

/** The order of two values of one ordered type. */
export function compare(a: unknown, b: unknown): number {
  const [x, y] = [asNumber(a), asNumber(b)]
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Bytes && b instanceof Bytes) return a.text < b.text ? -1 : a.text > b.text ? 1 : 0
  if ((a instanceof Timestamp && b instanceof Timestamp) || (a instanceof Duration && b instanceof Duration)) return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0
  return fault('no such overload')
}

export const quantityOf = (text: string): Quantity => {
  const parsed = parseQuantity(text)
  return typeof parsed === 'string' ? fault(parsed) : new Quantity(parsed)
}
