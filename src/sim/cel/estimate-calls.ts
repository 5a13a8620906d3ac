import type { Literal } from './ast.ts'
import { addSizes, ceilCost, exactly, limited, MOST, timesSizes, UNKNOWN, type Size } from './estimate-sizes.ts'
import type { CelType } from './types.ts'

/** A receiver or an argument as estimates see it. */
export interface Operand {
  readonly type: CelType['is']
  /** Of objects: their type's name. */
  readonly name: string
  readonly size: Size
  /** Of lists: their items. */
  readonly items: { readonly type: CelType['is']; readonly size: Size } | undefined
  readonly literal: Literal | undefined
}

/** What a call itself costs at most, without its operands, and how large its result is where that follows. */
export interface CallEstimate {
  readonly cost: number
  readonly size?: Size
}

const TRAVERSAL = 0.1
const REGEX = 0.25
/** One permission check may use a third of what an expression may. */
const CHECK = 350_000
const LONGEST_FORMAT = 128
const NOMINAL: CallEstimate = { cost: 1 }

const isText = (type: CelType['is']): boolean => type === 'string' || type === 'bytes'
const isOpen = (type: CelType['is']): boolean => type === 'dyn' || type === 'error' || type === 'param'
const through = ({ max }: Size, times = 1): number => ceilCost(max, TRAVERSAL * times)
const regexCost = (text: Size, pattern: Size): number => limited(ceilCost(limited(text.max + 1), TRAVERSAL) * ceilCost(pattern.max, REGEX))

/** Functions of the library by what they cost; `subject` is the receiver or, without one, the first argument. */
export function callEstimate(name: string, target: Operand | undefined, args: readonly Operand[]): CallEstimate {
  const [first, second] = args
  const subject = target ?? first
  switch (name) {
    case 'check':
      return { cost: CHECK }
    case 'fieldSelector':
    case 'labelSelector':
      return first ? { cost: limited(10 + through(first.size) + ceilCost(ceilCost(first.size.max, 0.5), 50)) } : NOMINAL
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return target ? { cost: traversed(target) } : NOMINAL
    case 'url':
    case 'jsonpatch.escapeKey':
      return first ? { cost: through(first.size), size: first.size } : NOMINAL
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return target ? { cost: through(target.size), size: target.size } : NOMINAL
    case 'replace':
      return target && first && second ? { cost: through(target.size, 2), size: replaced(target.size, first.size, second.size) } : NOMINAL
    case 'split':
      return target ? { cost: through(target.size, 2), size: { min: 0, max: typeof second?.literal === 'bigint' ? Number(second.literal) : target.size.max } } : NOMINAL
    case 'join':
      return target ? joined(target, first) : NOMINAL
    case 'find':
    case 'findAll':
      return target && first ? { cost: regexCost(target.size, first.size), size: { min: 0, max: target.size.max } } : NOMINAL
    case 'matches':
      return target && first ? { cost: regexCost(target.size, first.size) } : NOMINAL
    case 'ip':
      return target ? NOMINAL : { cost: through(first!.size) }
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return first ? { cost: through(first.size) } : NOMINAL
    case 'ip.isCanonical':
      return first ? { cost: through(first.size, 2) } : NOMINAL
    case 'containsIP':
      return { cost: ceilCost(32, TRAVERSAL) + (first?.type === 'string' ? through(first.size) : 0) }
    case 'containsCIDR':
      return { cost: ceilCost(32, TRAVERSAL) + ceilCost(16, TRAVERSAL) + 1 + (first?.type === 'string' ? through(first.size) : 0) }
    case 'validate':
      return first ? { cost: ceilCost(through(first.size), LONGEST_FORMAT * REGEX) } : NOMINAL
    case 'format':
      return target ? { cost: through(target.size) } : NOMINAL
    case 'strings.quote':
      return first ? { cost: through(first.size), size: { min: first.size.min + 2, max: limited(first.size.max * 2 + 2) } } : NOMINAL
    case 'startsWith':
    case 'endsWith':
      return first ? { cost: through(first.size) } : NOMINAL
    case 'contains':
      return target && first ? { cost: limited(through(target.size) * through(first.size)) } : NOMINAL
    case 'bytes':
      return subject?.type === 'string' ? { cost: through(subject.size), size: { min: subject.size.min, max: limited(subject.size.max * 4) } } : NOMINAL
    case 'string':
      return subject?.type === 'bytes' ? { cost: through(subject.size), size: { min: Math.floor(subject.size.min / 4), max: subject.size.max } } : NOMINAL
    default:
      return operator(name, first, second)
  }
}

function operator(name: string, a: Operand | undefined, b: Operand | undefined): CallEstimate {
  if (!a || !b) return NOMINAL
  switch (name) {
    case '_&&_':
    case '_||_':
      return { cost: 0 }
    case '@in':
      return b.type === 'map' ? NOMINAL : { cost: b.size.max }
    case '_==_':
    case '_!=_':
      return name === '_==_' && isOpaque(a) && a.name === b.name ? NOMINAL : { cost: ceilCost(Math.min(a.size.max, b.size.max), TRAVERSAL) }
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_': {
      const texts = ceilCost(Math.min(a.size.max, b.size.max), TRAVERSAL)
      return isText(a.type) || isText(b.type) ? { cost: texts } : isOpen(a.type) && isOpen(b.type) ? { cost: Math.max(1, texts) } : NOMINAL
    }
    case '_+_':
      return sum(a, b)
    default:
      return NOMINAL
  }
}

/** Kubernetes' own values compare at once. */
const isOpaque = ({ type, name }: Operand): boolean => type === 'object' && (name.startsWith('kubernetes.') || name.startsWith('net.'))

function sum(a: Operand, b: Operand): CallEstimate {
  const size = addSizes(a.size, b.size)
  const isList = a.type === 'list' || b.type === 'list'
  if (isList) return { cost: 1, size }
  if (isText(a.type) || isText(b.type)) return { cost: through(size), size }
  return isOpen(a.type) && isOpen(b.type) ? { cost: Math.max(1, through(size)), size } : NOMINAL
}

/** Each item is compared once; texts are gone through. */
function traversed({ items, size }: Operand): number {
  if (!items) return through(size)
  return limited(size.max * (1 + (isText(items.type) ? through(items.size) : 0)))
}

/** The longest and shortest that a replacement can leave. */
function replaced(text: Size, from: Size, to: Size): Size {
  const grown = { min: 0, max: 0 }
  const kept = { min: 0, max: 0 }
  if (from.min === 0) [grown.max, kept.max] = [limited(text.max + 1), text.max]
  else if (to.max <= from.min) kept.max = text.max
  else grown.max = Math.ceil(text.max / from.min)
  if (from.max === 0) [grown.min, kept.min] = [limited(text.min + 1), text.min]
  else if (from.max <= to.min) kept.min = text.min
  else grown.min = Math.ceil(text.min / from.max)
  return addSizes(timesSizes(grown, to), kept)
}

function joined({ items, size }: Operand, separator: Operand | undefined): CallEstimate {
  const texts = items ? timesSizes(size, items.size) : exactly(0)
  const gaps = { min: Math.max(0, size.min - 1), max: Math.max(0, size.max - 1) }
  const whole = separator ? addSizes(texts, timesSizes(separator.size ?? UNKNOWN, gaps)) : texts
  return { cost: through(whole), size: { min: whole.min, max: Math.min(whole.max, MOST) } }
}
