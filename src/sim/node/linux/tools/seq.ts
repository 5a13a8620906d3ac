import type { ToolContext } from './context.ts'

const MOST_NUMBERS = 100_000
const NUMBER = /^[-+]?(?:\d+(?:\.(\d*))?|\.(\d+))$/

/** Numbers from first to last; counted in whole steps of the finest decimal place, so that no rounding creeps in. */
export function seq(c: ToolContext): number {
  let separator = '\n'
  let padded = false
  const words: string[] = []
  for (let i = 0; i < c.args.length; i++) {
    const word = c.args[i]!
    if (word === '-w') padded = true
    else if (word === '-s') separator = c.args[++i] ?? ''
    else if (/^-s./.test(word)) separator = word.slice(2)
    else words.push(word)
  }
  const bad = words.find((word) => !NUMBER.test(word))
  if (bad !== undefined) return c.fail(`invalid number '${bad}'`)
  if (words.length === 0 || words.length > 3) return c.usage('[-w] [-s SEP] [FIRST [INC]] LAST')
  const places = Math.max(0, ...words.slice(0, 2).map((word) => (NUMBER.exec(word)![1] ?? NUMBER.exec(word)![2] ?? '').length))
  const scale = 10 ** places
  const units = words.map((word) => Math.round(Number(word) * scale))
  const [first, step, last] = units.length === 1 ? [scale, scale, units[0]!] : units.length === 2 ? [units[0]!, scale, units[1]!] : (units as [number, number, number])
  const out: string[] = []
  if (step !== 0) for (let n = first; (step > 0 ? n <= last : n >= last) && out.length < MOST_NUMBERS; n += step) out.push((n / scale).toFixed(places))
  const width = padded ? Math.max(...[first, last].map((n) => (n / scale).toFixed(places).length)) : 0
  const wide = (text: string): string => (text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0'))
  c.out(out.length > 0 ? `${out.map(wide).join(separator)}\n` : '')
  return 0
}
