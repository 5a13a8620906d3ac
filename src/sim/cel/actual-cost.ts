import { Bytes } from './ast.ts'
import { CelMap, Duration, Message, Opaque, Optional, pairs, Quantity, Semver, Timestamp } from './values.ts'

const TRAVERSAL = 0.1
const REGEX = 0.25
const CHECK = 350_000
const LONGEST_FORMAT = 128

/** How large a value is: characters, bytes, items or entries; 1 for all that has no size (cel-go: actualSize). */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return characters(value)
  if (value instanceof Bytes) return value.text.length
  if (Array.isArray(value)) return value.length
  if (value instanceof CelMap) return value.entries.size
  if (value instanceof Optional) return value.has ? sizeOf(value.value) : 1
  if (typeof value !== 'object' || value === null || isScalar(value)) return 1
  return pairs(value)?.length ?? 1
}

const isScalar = (value: object): boolean => value instanceof Timestamp || value instanceof Duration || value instanceof Quantity || value instanceof Semver || value instanceof Opaque || value instanceof Message

function characters(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--
  return count
}

const through = (value: unknown, times = 1): number => Math.ceil(sizeOf(value) * times * TRAVERSAL)
const regexCost = (text: unknown, pattern: number): number => Math.ceil((sizeOf(text) + 1) * TRAVERSAL) * Math.ceil(pattern * REGEX)

/** Going through a value and all within it. */
function traversed(value: unknown): number {
  if (typeof value === 'string') return Math.floor(value.length * TRAVERSAL)
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + traversed(item), 0)
  return 1
}

/** What a call has cost, without its operands (cel-go: interpreter/runtimecost.go; apiserver: pkg/cel/library, cost.go). A receiver is the first of `values`. */
export function actualCost(name: string, values: readonly unknown[], result: unknown): number {
  const [a, b] = values
  switch (name) {
    case 'check':
      return CHECK
    case '_==_':
    case '_!=_':
      return Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * TRAVERSAL)
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return typeof a === 'string' || a instanceof Bytes ? Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * TRAVERSAL) : 1
    case '_+_':
      return typeof a === 'string' || a instanceof Bytes ? Math.ceil((sizeOf(a) + sizeOf(b)) * TRAVERSAL) : 1
    case '@in':
      return Array.isArray(b) ? b.length : 1
    case 'startsWith':
    case 'endsWith':
    case 'format':
    case 'strings.quote':
    case 'url':
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
    case 'jsonpatch.escapeKey':
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return through(a)
    case 'ip':
      return typeof a === 'string' ? through(a) : 1
    case 'bytes':
    case 'string':
      // Only what changes form is walked: a text to bytes, and bytes to a text.
      return name === 'bytes' ? (typeof a === 'string' ? through(a) : 1) : a instanceof Bytes ? through(a) : 1
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return through(a, 2)
    case 'join':
      return through(result, 2)
    case 'contains':
      return through(a) * through(b)
    case 'matches':
    case 'find':
    case 'findAll':
      return regexCost(a, sizeOf(b))
    case 'validate':
      return regexCost(b, LONGEST_FORMAT)
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return traversed(a)
    case 'fieldSelector':
    case 'labelSelector':
      return 10 + through(b) + Math.ceil(Math.ceil(sizeOf(b) * 0.5) * 50)
    default:
      return 1
  }
}
