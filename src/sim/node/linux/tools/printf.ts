import { bytesOf, textOf } from '../../../api/bytes.ts'

/** printf(1): the format is used again while arguments are left (busybox coreutils/printf.c). */
export function formatted(format: string, args: readonly string[]): { readonly text: string; readonly error?: string } {
  let text = ''
  let error: string | undefined
  let next = 0
  let rounds = 0
  do {
    const before = next
    for (let i = 0; i < format.length; i++) {
      const c = format[i]!
      if (c === '\\') {
        const [piece, length] = escape(format, i)
        text += piece
        i += length - 1
      } else if (c === '%') {
        const m = /^%([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*))?([a-zA-Z%])/.exec(format.slice(i))
        if (!m) {
          text += c
          continue
        }
        i += m[0].length - 1
        if (m[4] === '%') {
          text += '%'
          continue
        }
        const width = m[2] === '*' ? Number(args[next++] ?? 0) : Number(m[2] ?? 0)
        const precision = m[3] === '*' ? Number(args[next++] ?? 0) : m[3] === undefined ? undefined : Number(m[3])
        const arg = args[next++]
        const one = conversion(m[4]!, arg ?? '', precision, m[1]!)
        if (one === undefined) error = `printf: invalid number '${arg ?? ''}'`
        text += pad(one ?? '0', Math.min(width, 1000), m[1]!)
      } else text += c
    }
    if (next === before) break
  } while (next < args.length && ++rounds < 10_000)
  return error ? { text: joined(text), error } : { text: joined(text) }
}

function conversion(kind: string, arg: string, precision: number | undefined, flags: string): string | undefined {
  switch (kind) {
    case 's':
      return precision === undefined ? arg : arg.slice(0, precision)
    case 'b': {
      let text = ''
      for (let i = 0; i < arg.length; i++) {
        if (arg[i] !== '\\') text += arg[i]
        else {
          const [piece, length] = escape(arg, i)
          text += piece
          i += length - 1
        }
      }
      return text
    }
    case 'c':
      return arg.slice(0, 1)
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
      const value = arg === '' ? 0 : /^['"]/.test(arg) ? arg.charCodeAt(1) : /^[-+]?(0[xX][\da-fA-F]+|\d+)$/.test(arg) ? Number(arg) : Number.NaN
      if (Number.isNaN(value)) return undefined
      const base = kind === 'x' || kind === 'X' ? 16 : kind === 'o' ? 8 : 10
      const digits = Math.abs(Math.trunc(value)).toString(base)
      const sign = value < 0 ? '-' : flags.includes('+') ? '+' : ''
      const prefix = flags.includes('#') && value !== 0 ? (base === 16 ? `0${kind}` : base === 8 ? '0' : '') : ''
      return sign + prefix + (kind === 'X' ? digits.toUpperCase() : digits).padStart(Math.min(precision ?? 0, 100), '0')
    }
    case 'f':
    case 'g':
    case 'e': {
      const value = Number(arg || '0')
      if (Number.isNaN(value)) return undefined
      const digits = Math.min(precision ?? 6, 20)
      return (value >= 0 && flags.includes('+') ? '+' : '') + (kind === 'f' ? value.toFixed(digits) : kind === 'e' ? scientific(value, digits) : shortest(value, digits || 1))
    }
    default:
      return undefined
  }
}

/** 1234.5 as "1.234500e+03". */
const scientific = (value: number, digits: number): string => value.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2')

/** %g: the shorter of both forms, without zeros at the end. */
function shortest(value: number, digits: number): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
  const text = exponent < -4 || exponent >= digits ? scientific(value, digits - 1) : value.toFixed(Math.max(0, digits - 1 - exponent))
  return text.includes('.') ? text.replace(/\.?0+(?=e|$)/, '') : text
}

function pad(text: string, width: number, flags: string): string {
  if (flags.includes('-')) return text.padEnd(width)
  return flags.includes('0') ? (/^[-+]/.test(text) ? text[0]! + text.slice(1).padStart(width - 1, '0') : text.padStart(width, '0')) : text.padStart(width)
}

/** One byte as it stands in a text (api/bytes.ts). */
const byteText = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)
const LOOSE = /[\udc80-\udcff]/
/** Bytes that together are characters become them. */
const joined = (text: string): string => (LOOSE.test(text) ? textOf(bytesOf(text)) : text)

/** The character that an escape at `i` means, and how many characters it takes. */
function escape(text: string, i: number): [string, number] {
  const c = text[i + 1]
  const simple = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '\\': '\\', '"': '"', "'": "'" }[c ?? '']
  if (simple !== undefined) return [simple, 2]
  const octal = /^\\0?([0-7]{1,3})/.exec(text.slice(i, i + 5))
  if (octal) return [byteText(Number.parseInt(octal[1]!, 8) & 0xff), octal[0].length]
  const hex = /^\\x([0-9a-fA-F]{1,2})/.exec(text.slice(i, i + 4))
  if (hex) return [byteText(Number.parseInt(hex[1]!, 16)), hex[0].length]
  return ['\\', 1]
}
