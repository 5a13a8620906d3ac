/** A text of the input that is a number where it looks like one. */
export class Input {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
export type Value = number | string | Input

const LOOKS_NUMERIC = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/

/** Numbers as awk prints them: whole ones as they are, others by %.6g. */
export function numberText(n: number): string {
  if (Number.isInteger(n) && n > -1e16 && n < 1e16) return String(n)
  if (Number.isNaN(n)) return 'nan'
  if (!Number.isFinite(n)) return n > 0 ? 'inf' : '-inf'
  return general(n, 6)
}

export function general(n: number, precision: number): string {
  const text = n.toPrecision(precision)
  if (!text.includes('e')) return text.includes('.') ? text.replace(/\.?0+$/, '') : text
  const [digits = '', exponent = ''] = text.split('e')
  return `${digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits}e${exponent[0]!}${exponent.slice(1).padStart(2, '0')}`
}

export const textOf = (v: Value): string => (typeof v === 'number' ? numberText(v) : v instanceof Input ? v.text : v)
export const numberOf = (v: Value): number => (typeof v === 'number' ? v : Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(textOf(v))?.[0] ?? 0))
export const truth = (v: Value): boolean => (typeof v === 'number' ? v !== 0 : v instanceof Input && LOOKS_NUMERIC.test(v.text) ? Number(v.text) !== 0 : textOf(v) !== '')

/** Whole powers by multiplication, so that every engine gives the same bits. */
export function power(base: number, exponent: number): number {
  let result = 1
  for (let i = Math.abs(exponent); i > 0; i--) result *= base
  return exponent < 0 ? 1 / result : result
}

/** Comparison as numbers where both look like numbers, else as texts. */
export function compared(op: string, a: Value, b: Value): boolean {
  const numeric = (v: Value): boolean => typeof v === 'number' || (v instanceof Input && (v.text === '' || LOOKS_NUMERIC.test(v.text)))
  const byNumber = numeric(a) && numeric(b)
  const x = byNumber ? numberOf(a) : textOf(a)
  const y = byNumber ? numberOf(b) : textOf(b)
  const order = x < y ? -1 : x > y ? 1 : 0
  return { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 }[op]!
}
