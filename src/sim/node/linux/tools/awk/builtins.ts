import { format } from './format.ts'
import { AwkFault, type Expr } from './syntax.ts'
import { Input, numberOf, textOf, type Value } from './values.ts'

/** What the functions of awk need of the program that runs. */
export interface Host {
  seed: number
  value(e: Expr): Value
  field(n: number): Value
  get(name: string): Value
  set(name: string, value: Value): void
  assign(to: Expr, value: Value): void
  array(name: string): Map<string, Value>
  isArray(name: string): boolean
  parts(text: string, separator: string): readonly string[]
  regex(source: string): RegExp
  pattern(e: Expr): RegExp
}

export const MOST_TEXT = 1 << 20

/** Calls a function that comes with the language. */
export function callBuiltin(host: Host, name: string, args: readonly Expr[]): Value {
  const text = (i: number): string => (args[i] ? textOf(host.value(args[i])) : '')
  const number = (i: number): number => (args[i] ? numberOf(host.value(args[i])) : 0)
  if (args.length < ({ match: 2, split: 2, sub: 2, gsub: 2 }[name] ?? 0)) throw new AwkFault('Too few arguments')
  switch (name) {
    case 'length': {
      const first = args[0]
      if (!first) return textOf(host.field(0)).length
      return first.e === 'var' && host.isArray(first.name) ? host.array(first.name).size : text(0).length
    }
    case 'substr': {
      const whole = text(0)
      const from = Math.round(number(1))
      const to = args[2] ? from + Math.round(number(2)) : Infinity
      return whole.slice(Math.max(0, from - 1), Math.max(0, to - 1))
    }
    case 'index':
      return text(0).indexOf(text(1)) + 1
    case 'toupper':
      return text(0).toUpperCase()
    case 'tolower':
      return text(0).toLowerCase()
    case 'int':
      return Math.trunc(number(0))
    case 'sqrt':
      return Math.sqrt(number(0))
    case 'rand':
      host.seed = (Math.imul(host.seed, 1_103_515_245) + 12_345) & 0x7fffffff
      return host.seed / 0x80000000
    case 'srand': {
      const was = host.seed
      host.seed = args[0] ? Math.trunc(number(0)) : 1
      return was
    }
    case 'sprintf':
      return format(args.map((a) => host.value(a)))
    case 'match': {
      const m = host.pattern(args[1]!).exec(text(0))
      host.set('RSTART', m ? m.index + 1 : 0)
      host.set('RLENGTH', m ? m[0].length : -1)
      return m ? m.index + 1 : 0
    }
    case 'split': {
      const target = args[1]
      if (target?.e !== 'var') throw new AwkFault('split: the second argument is no array')
      const separator = args[2]
      const parts = separator?.e === 'regex' ? (text(0) === '' ? [] : text(0).split(host.regex(separator.source))) : host.parts(text(0), separator ? text(2) : textOf(host.get('FS')))
      const array = host.array(target.name)
      array.clear()
      parts.forEach((part, i) => array.set(String(i + 1), new Input(part)))
      return parts.length
    }
    case 'sub':
    case 'gsub':
      return substitute(host, args, name === 'gsub')
    case 'close':
    case 'fflush':
      return 0
    default:
      throw new AwkFault(['system', 'sin', 'cos', 'atan2', 'exp', 'log', 'strftime', 'systime'].includes(name) ? `the function ${name} is not modelled here` : `Call to undefined function`)
  }
}

function substitute(host: Host, args: readonly Expr[], all: boolean): number {
  const expression = host.pattern(args[0]!)
  const by = textOf(host.value(args[1]!))
  const target: Expr = args[2] ?? { e: 'field', of: { e: 'number', value: 0 } }
  let count = 0
  const result = textOf(host.value(target)).replace(new RegExp(expression.source, all ? 'g' : ''), (hit: string) => {
    count++
    return by.replace(/\\\\&|\\&|&/g, (piece) => (piece === '&' ? hit : '&'))
  })
  if (result.length > MOST_TEXT) throw new AwkFault('text too long')
  if (count > 0) host.assign(target, result)
  return count
}
