import { Bytes, Uint } from './ast.ts'
import { compare, Duration, equal, fault, fromJson, joinedLists, lookUp, NONE, Optional, pairs, Timestamp, typeOf } from './values.ts'

const MIN = -(1n << 63n)
const MAX = (1n << 63n) - 1n

const int = (n: bigint): bigint => (n < MIN || n > MAX ? fault('integer overflow') : n)
const uint = (n: bigint): Uint => (n < 0n || n >= 1n << 64n ? fault('unsigned integer overflow') : new Uint(n))

const ARITHMETIC: Readonly<Record<string, { int(a: bigint, b: bigint): bigint; double(a: number, b: number): number }>> = {
  '_+_': { int: (a, b) => a + b, double: (a, b) => a + b },
  '_-_': { int: (a, b) => a - b, double: (a, b) => a - b },
  '_*_': { int: (a, b) => a * b, double: (a, b) => a * b },
  '_/_': { int: (a, b) => (b === 0n ? fault('division by zero') : a / b), double: (a, b) => a / b },
  '_%_': { int: (a, b) => (b === 0n ? fault('modulus by zero') : a % b), double: () => fault('no such overload') },
}

/** Operators, by the names that cel-go gives them. */
export function callOperator(name: string, args: readonly unknown[]): unknown {
  const [a, b] = args
  switch (name) {
    case '_==_':
      return equal(a, b)
    case '_!=_':
      return !equal(a, b)
    case '_<_':
      return compare(a, b) < 0
    case '_<=_':
      return compare(a, b) <= 0
    case '_>_':
      return compare(a, b) > 0
    case '_>=_':
      return compare(a, b) >= 0
    case '!_':
      return typeof a === 'boolean' ? !a : fault('no such overload')
    case '-_':
      return typeof a === 'bigint' ? int(-a) : typeof a === 'number' ? -a : fault('no such overload')
    case '@in':
      return isIn(a, b)
    case '_[_]':
      return index(a, b)
    case '_[?_]': {
      const inside = a instanceof Optional ? a.value : a
      const found = inside === undefined ? undefined : at(inside, b)
      return found === undefined ? NONE : new Optional(found)
    }
    default:
      return arithmetic(name, a, b)
  }
}

function arithmetic(name: string, a: unknown, b: unknown): unknown {
  const rule = ARITHMETIC[name]
  if (!rule) return fault(`no such overload: ${name}`)
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(rule.int(a, b))
  if (a instanceof Uint && b instanceof Uint) return uint(rule.int(a.value, b.value))
  if (typeof a === 'number' && typeof b === 'number') return rule.double(a, b)
  if (name === '_+_') {
    if (typeof a === 'string' && typeof b === 'string') return a + b
    if (a instanceof Bytes && b instanceof Bytes) return new Bytes(a.text + b.text)
    if (Array.isArray(a) && Array.isArray(b)) return joinedLists(a, b)
    if (a instanceof Timestamp && b instanceof Duration) return new Timestamp(a.ns + b.ns)
    if (a instanceof Duration && b instanceof Timestamp) return new Timestamp(a.ns + b.ns)
    if (a instanceof Duration && b instanceof Duration) return new Duration(a.ns + b.ns)
  }
  if (name === '_-_') {
    if (a instanceof Timestamp && b instanceof Timestamp) return new Duration(a.ns - b.ns)
    if (a instanceof Timestamp && b instanceof Duration) return new Timestamp(a.ns - b.ns)
    if (a instanceof Duration && b instanceof Duration) return new Duration(a.ns - b.ns)
  }
  return fault('no such overload')
}

function isIn(item: unknown, container: unknown): boolean {
  if (Array.isArray(container)) return container.some((other) => equal(item, fromJson(other)))
  if (!pairs(container)) return fault('no such overload')
  return lookUp(container, item) !== undefined
}

/** Item of a list or value of a map; undefined when it is not there. */
function at(container: unknown, key: unknown): unknown {
  if (!Array.isArray(container)) return pairs(container) ? lookUp(container, key) : fault('no such overload')
  const n = typeof key === 'bigint' ? Number(key) : key instanceof Uint ? Number(key.value) : typeof key === 'number' && Number.isInteger(key) ? key : undefined
  if (n === undefined) return fault(`unsupported index type '${typeOf(key)}' in list`)
  return n < 0 || n >= container.length ? undefined : fromJson(container[n])
}

function index(container: unknown, key: unknown): unknown {
  if (container instanceof Optional) {
    const found = container.has ? at(container.value, key) : undefined
    return found === undefined ? NONE : new Optional(found)
  }
  const found = at(container, key)
  if (found !== undefined) return found
  return fault(Array.isArray(container) ? `index out of bounds: ${String(key instanceof Uint ? key.value : key)}` : `no such key: ${typeof key === 'string' ? key : String(key)}`)
}
