import type { JsonSchema } from './json-schema.ts'

interface Problem {
  readonly text: string
  /** The complaint names no place of its own. */
  readonly loose: boolean
}

const LIMITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 }

/** Does a number fit the schema's integer type (values.go: IsValueValidAgainstRange)? */
function outOfRange(n: number, s: JsonSchema, prefix: string, at: string): Problem | undefined {
  if (s.type !== 'integer') return undefined
  const format = s.format === 'int32' || s.format === 'int64' ? s.format : ''
  const limit = LIMITS[format || 'int64']!
  if (Number.isInteger(n) && n >= -limit && n < limit) return undefined
  return { text: `${prefix} value must be of type integer ${format ? `with format ${format}` : '(default format)'} in ${at}`, loose: true }
}

/** Go's %v of a float. */
function shown(n: number): string {
  if (Number.isInteger(n) && (n >= 1e21 || n <= -1e21)) return n.toExponential().replace(/e\+?(-?)(\d)$/, 'e+$10$2')
  return String(n)
}

/** Limits and multiples of a number, in kube-openapi's words and order. */
export function numberProblems(n: number, s: JsonSchema, at: string): readonly Problem[] {
  const out: Problem[] = []
  const push = (p: Problem | undefined): void => void (p && out.push(p))
  const says = (text: string): void => void out.push({ text: `${at} in body should be ${text}`, loose: false })
  push(outOfRange(n, s, 'Checked', at))
  if (s.multipleOf !== undefined) {
    push(outOfRange(s.multipleOf, s, 'MultipleOf', at))
    if (s.multipleOf <= 0) out.push({ text: `factor MultipleOf declared for ${at} must be positive: ${shown(s.multipleOf)}`, loose: false })
    else if (!Number.isInteger(s.multipleOf < 1 ? (1 / s.multipleOf) * n : n / s.multipleOf)) says(`a multiple of ${shown(s.multipleOf)}`)
  }
  if (s.minimum !== undefined) {
    push(outOfRange(s.minimum, s, 'Minimum boundary', at))
    if (s.exclusiveMinimum ? n <= s.minimum : n < s.minimum) says(`greater than ${s.exclusiveMinimum ? '' : 'or equal to '}${shown(s.minimum)}`)
  }
  if (s.maximum !== undefined) {
    push(outOfRange(s.maximum, s, 'Maximum boundary', at))
    if (s.exclusiveMaximum ? n >= s.maximum : n > s.maximum) says(`less than ${s.exclusiveMaximum ? '' : 'or equal to '}${shown(s.maximum)}`)
  }
  return out
}
