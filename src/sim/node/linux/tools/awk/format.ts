import { formatted } from '../printf.ts'
import { general, numberOf, numberText, textOf, type Value } from './values.ts'

/** printf of awk. */
export function format([form = '', ...args]: readonly Value[]): string {
  let next = 0
  return textOf(form).replace(/%([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*))?([a-zA-Z%])/g, (_all, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
    if (kind === '%') return '%'
    const w = width === '*' ? String(numberOf(args[next++] ?? 0)) : (width ?? '')
    const p = precision === '*' ? String(numberOf(args[next++] ?? 0)) : precision
    const arg = args[next++] ?? ''
    const digits = Math.min(Number(p ?? 6), 60)
    const n = numberOf(arg)
    const pad = (text: string): string => (flags.includes('-') ? text.padEnd(Math.min(Number(w), 1000)) : text.padStart(Math.min(Number(w), 1000), flags.includes('0') && kind !== 's' ? '0' : ' '))
    const signed = (text: string): string => (flags.includes('+') && n >= 0 ? `+${text}` : text)
    switch (kind) {
      case 'd':
      case 'i':
        return pad(signed(String(Math.trunc(n))))
      case 'f':
      case 'F':
        return pad(signed(Math.abs(n) < 1e21 ? n.toFixed(digits) : String(n)))
      case 'e':
      case 'E':
        return pad(signed(n.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')))
      case 'g':
      case 'G':
        return pad(signed(general(n, Math.max(digits, 1))))
      case 'c':
        return pad(typeof arg === 'number' ? String.fromCharCode(n & 0xffff) : textOf(arg).slice(0, 1))
      case 's':
        return pad(p === undefined ? textOf(arg) : textOf(arg).slice(0, Number(p)))
      default:
        return formatted(`%${flags}${w}${p === undefined ? '' : `.${p}`}${kind}`, [numberText(Math.trunc(n))]).text
    }
  })
}
