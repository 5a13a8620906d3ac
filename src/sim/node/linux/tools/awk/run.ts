import { regularExpression } from '../regex.ts'
import { formatted } from '../printf.ts'
import { AwkFault, type AwkProgram, type Expr, type Rule, type Statement } from './syntax.ts'

/** A text of the input that is a number where it looks like one. */
class Input {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}
type Value = number | string | Input
type Frame = Map<string, Value | Map<string, Value>>

const MOST_STEPS = 2_000_000
const MOST_OUTPUT = 1 << 20
const DEEPEST_CALL = 200
const LOOKS_NUMERIC = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/

class Jump {
  readonly to: 'break' | 'continue' | 'next' | 'exit' | 'return'
  readonly value: Value
  constructor(to: Jump['to'], value: Value = '') {
    this.to = to
    this.value = value
  }
}

/** What a program has written: to its output and to files. */
export interface AwkResult {
  readonly out: string
  readonly files: readonly { readonly name: string; readonly text: string; readonly append: boolean }[]
  readonly code: number
  readonly fault?: string
}

/** Numbers as awk prints them: whole ones as they are, others by %.6g. */
export function numberText(n: number): string {
  if (Number.isInteger(n) && n > -1e16 && n < 1e16) return String(n)
  if (Number.isNaN(n)) return 'nan'
  if (!Number.isFinite(n)) return n > 0 ? 'inf' : '-inf'
  return general(n, 6)
}

function general(n: number, precision: number): string {
  const text = n.toPrecision(precision)
  if (!text.includes('e')) return text.includes('.') ? text.replace(/\.?0+$/, '') : text
  const [digits = '', exponent = ''] = text.split('e')
  return `${digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits}e${exponent[0]!}${exponent.slice(1).padStart(2, '0')}`
}

const textOf = (v: Value): string => (typeof v === 'number' ? numberText(v) : v instanceof Input ? v.text : v)
const numberOf = (v: Value): number => (typeof v === 'number' ? v : Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(textOf(v))?.[0] ?? 0))
const truth = (v: Value): boolean => (typeof v === 'number' ? v !== 0 : v instanceof Input && LOOKS_NUMERIC.test(v.text) ? Number(v.text) !== 0 : textOf(v) !== '')

/** Runs a program over texts. It ends, whatever it says: steps, output and depth are bounded. */
export function runAwk(program: AwkProgram, inputs: readonly { readonly name: string; readonly text: string }[], variables: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>): AwkResult {
  const machine = new Interpreter(program, variables, environment)
  try {
    machine.run(inputs)
  } catch (thrown) {
    if (!(thrown instanceof AwkFault)) throw thrown
    return { out: machine.out, files: machine.files, code: 2, fault: thrown.message }
  }
  return { out: machine.out, files: machine.files, code: machine.code }
}

class Interpreter {
  out = ''
  code = 0
  readonly #files = new Map<string, { name: string; text: string; append: boolean }>()
  readonly #program: AwkProgram
  readonly #globals: Frame = new Map()
  #locals: Frame | undefined
  #depth = 0
  #fields: Value[] = ['']
  #steps = 0
  #seed = 0
  readonly #inRange = new Set<Rule>()
  readonly #regexes = new Map<string, RegExp>()

  constructor(program: AwkProgram, variables: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>>) {
    this.#program = program
    const start: Readonly<Record<string, Value>> = { FS: ' ', OFS: ' ', ORS: '\n', RS: '\n', SUBSEP: '\x1c', NR: 0, NF: 0, FNR: 0, RSTART: 0, RLENGTH: -1, CONVFMT: '%.6g', OFMT: '%.6g', FILENAME: '' }
    for (const [name, value] of Object.entries(start)) this.#globals.set(name, value)
    for (const [name, value] of Object.entries(variables)) this.#globals.set(name, new Input(value))
    this.#globals.set('ENVIRON', new Map(Object.entries(environment).map(([k, v]): [string, Value] => [k, new Input(v)])))
  }

  get files(): AwkResult['files'] {
    return [...this.#files.values()]
  }

  run(inputs: readonly { readonly name: string; readonly text: string }[]): void {
    let ended = this.#rules('begin')
    const needsInput = this.#program.rules.some((r) => r.pattern.p !== 'begin')
    for (const { name, text } of ended || !needsInput ? [] : inputs) {
      this.#set('FILENAME', name)
      this.#set('FNR', 0)
      for (const record of this.#records(text)) {
        this.#split(record)
        this.#set('NR', numberOf(this.#get('NR')) + 1)
        this.#set('FNR', numberOf(this.#get('FNR')) + 1)
        ended = this.#record()
        if (ended) break
      }
      if (ended) break
    }
    if (!this.#exited) this.#rules('end')
    else if (this.#program.rules.some((r) => r.pattern.p === 'end')) this.#rules('end')
  }

  #exited = false

  #records(text: string): readonly string[] {
    const rs = textOf(this.#get('RS'))
    const parts = rs === '' ? text.replace(/^\n+/, '').split(/\n\n+/) : text.split(rs.length === 1 ? rs : this.#regex(rs))
    if (parts.at(-1) === '') parts.pop()
    if (rs === '') parts[parts.length - 1] = parts.at(-1)?.replace(/\n$/, '') ?? ''
    return parts
  }

  #rules(which: 'begin' | 'end'): boolean {
    for (const rule of this.#program.rules) if (rule.pattern.p === which && this.#act(rule)) return true
    return false
  }

  #record(): boolean {
    for (const rule of this.#program.rules) {
      const { pattern } = rule
      if (pattern.p === 'begin' || pattern.p === 'end') continue
      if (pattern.p === 'when' && !truth(this.#value(pattern.test))) continue
      if (pattern.p === 'range') {
        if (!this.#inRange.has(rule) && !truth(this.#value(pattern.from))) continue
        this.#inRange.add(rule)
        if (truth(this.#value(pattern.to))) this.#inRange.delete(rule)
      }
      const stop = this.#act(rule)
      if (stop === 'next') return false
      if (stop) return true
    }
    return false
  }

  #act(rule: Rule): false | 'next' | 'exit' {
    if (!rule.action) {
      this.#write(`${textOf(this.#field(0))}${textOf(this.#get('ORS'))}`)
      return false
    }
    const jump = this.#do(rule.action)
    if (jump?.to === 'exit') {
      this.code = numberOf(jump.value) & 255
      this.#exited = true
      return 'exit'
    }
    return jump?.to === 'next' ? 'next' : false
  }

  #tick(): void {
    if (++this.#steps > MOST_STEPS) throw new AwkFault('the program takes more steps than are modelled here')
  }

  #write(text: string): void {
    if (this.out.length + text.length > MOST_OUTPUT) throw new AwkFault('more output than is modelled here')
    this.out += text
  }

  // ---- statements

  #do(s: Statement): Jump | undefined {
    this.#tick()
    switch (s.s) {
      case 'block':
        for (const one of s.body) {
          const jump = this.#do(one)
          if (jump) return jump
        }
        return undefined
      case 'expr':
        this.#value(s.value)
        return undefined
      case 'print':
        return this.#print(s)
      case 'if':
        return truth(this.#value(s.test)) ? this.#do(s.yes) : s.no && this.#do(s.no)
      case 'while':
        for (let first = s.after; first || truth(this.#value(s.test)); first = false) {
          const jump = this.#do(s.body)
          if (jump?.to === 'break') break
          if (jump && jump.to !== 'continue') return jump
        }
        return undefined
      case 'for':
        if (s.first) this.#do(s.first)
        for (; !s.test || truth(this.#value(s.test)); s.next && this.#do(s.next)) {
          const jump = this.#do(s.body)
          if (jump?.to === 'break') break
          if (jump && jump.to !== 'continue') return jump
        }
        return undefined
      case 'each':
        for (const key of [...this.#array(s.of).keys()]) {
          this.#set(s.name, new Input(key))
          const jump = this.#do(s.body)
          if (jump?.to === 'break') break
          if (jump && jump.to !== 'continue') return jump
        }
        return undefined
      case 'delete':
        if (s.keys) this.#array(s.name).delete(this.#key(s.keys))
        else this.#array(s.name).clear()
        return undefined
      case 'jump':
        return new Jump(s.to, s.value ? this.#value(s.value) : s.to === 'exit' ? this.code : '')
    }
  }

  #print({ args, format, into }: Extract<Statement, { s: 'print' }>): undefined {
    const values = args.map((a) => this.#value(a))
    const text = format ? this.#formatted(values) : `${values.length === 0 ? textOf(this.#field(0)) : values.map(textOf).join(textOf(this.#get('OFS')))}${textOf(this.#get('ORS'))}`
    if (!into) {
      this.#write(text)
      return undefined
    }
    const name = textOf(this.#value(into.file))
    if (name === '/dev/stdout') this.#write(text)
    else if (name.length > 0) {
      const known = this.#files.get(name) ?? { name, text: '', append: into.op === '>>' }
      if (known.text.length + text.length > MOST_OUTPUT) throw new AwkFault('more output than is modelled here')
      this.#files.set(name, { ...known, text: known.text + text })
    }
    return undefined
  }

  #formatted([format = '', ...args]: readonly Value[]): string {
    let next = 0
    return textOf(format).replace(/%([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*))?([a-zA-Z%])/g, (_all, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
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

  // ---- variables and fields

  #frame(name: string): Frame {
    return this.#locals?.has(name) ? this.#locals : this.#globals
  }

  #get(name: string): Value {
    if (name === 'NF') return this.#fields.length - 1
    const value = this.#frame(name).get(name)
    return value === undefined || value instanceof Map ? new Input('') : value
  }

  #set(name: string, value: Value): void {
    if (name === 'NF') {
      const n = Math.min(Math.max(0, Math.trunc(numberOf(value))), 10_000)
      while (this.#fields.length - 1 < n) this.#fields.push('')
      this.#fields.length = n + 1
      this.#rejoin()
    }
    this.#frame(name).set(name, value)
  }

  #array(name: string): Map<string, Value> {
    const frame = this.#frame(name)
    const known = frame.get(name)
    if (known instanceof Map) return known
    const made = new Map<string, Value>()
    frame.set(name, made)
    return made
  }

  #key(keys: readonly Expr[]): string {
    return keys.map((k) => textOf(this.#value(k))).join(textOf(this.#get('SUBSEP')))
  }

  #split(record: string): void {
    this.#fields = [new Input(record), ...this.#parts(record, textOf(this.#get('FS'))).map((part) => new Input(part))]
  }

  #parts(text: string, separator: string): readonly string[] {
    if (separator === ' ') return text.split(/[ \t\n]+/).filter((part) => part !== '')
    if (text === '') return []
    if (separator === '') return [...text]
    return text.split(separator.length === 1 && separator !== '\\' ? separator : this.#regex(separator))
  }

  #field(n: number): Value {
    if (n < 0) throw new AwkFault('Access to negative field')
    return this.#fields[n] ?? new Input('')
  }

  #setField(n: number, value: Value): void {
    if (n < 0 || n > 10_000) throw new AwkFault('Access to negative field')
    if (n === 0) return this.#split(textOf(value))
    while (this.#fields.length <= n) this.#fields.push('')
    this.#fields[n] = value
    this.#rejoin()
  }

  #rejoin(): void {
    this.#fields[0] = this.#fields.slice(1).map(textOf).join(textOf(this.#get('OFS')))
  }

  #regex(source: string): RegExp {
    let made = this.#regexes.get(source)
    if (!made) {
      if (source.length > 1000) throw new AwkFault('regular expression too long')
      const parsed = regularExpression(source, true, false)
      if (!parsed) throw new AwkFault(`bad regex '${source}'`)
      this.#regexes.set(source, (made = parsed))
    }
    return made
  }

  // ---- expressions

  #value(e: Expr): Value {
    this.#tick()
    switch (e.e) {
      case 'number':
      case 'string':
        return e.value
      case 'regex':
        return this.#regex(e.source).test(textOf(this.#field(0))) ? 1 : 0
      case 'var':
        return this.#get(e.name)
      case 'field':
        return this.#field(Math.trunc(numberOf(this.#value(e.of))))
      case 'element': {
        const array = this.#array(e.name)
        const key = this.#key(e.keys)
        const known = array.get(key)
        if (known === undefined) array.set(key, new Input(''))
        return known ?? new Input('')
      }
      case 'group':
        return e.items.map((item) => this.#value(item)).at(-1) ?? ''
      case 'in':
        return this.#array(e.name).has(this.#key(e.keys)) ? 1 : 0
      case 'choice':
        return this.#value(truth(this.#value(e.test)) ? e.yes : e.no)
      case 'unary': {
        const of = this.#value(e.of)
        return e.op === '!' ? (truth(of) ? 0 : 1) : e.op === '-' ? -numberOf(of) : numberOf(of)
      }
      case 'step': {
        const was = numberOf(this.#value(e.to))
        this.#assign(e.to, was + e.by)
        return e.before ? was + e.by : was
      }
      case 'assign': {
        const value = this.#value(e.value)
        const result = e.op === '' ? value : this.#arithmetic(e.op, numberOf(this.#value(e.to)), numberOf(value))
        this.#assign(e.to, result)
        return result
      }
      case 'binary':
        return this.#binary(e)
      case 'call':
        return this.#call(e.name, e.args)
    }
  }

  #assign(to: Expr, value: Value): void {
    if (to.e === 'var') this.#set(to.name, value)
    else if (to.e === 'field') this.#setField(Math.trunc(numberOf(this.#value(to.of))), value)
    else if (to.e === 'element') this.#array(to.name).set(this.#key(to.keys), value)
  }

  #arithmetic(op: string, a: number, b: number): number {
    switch (op) {
      case '+':
        return a + b
      case '-':
        return a - b
      case '*':
        return a * b
      case '/':
        if (b === 0) throw new AwkFault('Division by zero')
        return a / b
      case '%':
        if (b === 0) throw new AwkFault('Division by zero')
        return a % b
      default:
        if (!Number.isInteger(b) || Math.abs(b) > 10_000) throw new AwkFault('powers that are no whole numbers are not modelled here')
        return power(a, b)
    }
  }

  #binary({ op, left, right }: Extract<Expr, { e: 'binary' }>): Value {
    if (op === '&&') return truth(this.#value(left)) && truth(this.#value(right)) ? 1 : 0
    if (op === '||') return truth(this.#value(left)) || truth(this.#value(right)) ? 1 : 0
    if (op === '~' || op === '!~') {
      const hit = this.#pattern(right).test(textOf(this.#value(left)))
      return hit === (op === '~') ? 1 : 0
    }
    const a = this.#value(left)
    const b = this.#value(right)
    if (op === ' ') {
      const text = textOf(a) + textOf(b)
      if (text.length > MOST_OUTPUT) throw new AwkFault('text too long')
      return text
    }
    if (['<', '<=', '==', '!=', '>', '>='].includes(op)) return compared(op, a, b) ? 1 : 0
    return this.#arithmetic(op, numberOf(a), numberOf(b))
  }

  #pattern(e: Expr): RegExp {
    return this.#regex(e.e === 'regex' ? e.source : textOf(this.#value(e)))
  }

  #call(name: string, args: readonly Expr[]): Value {
    const own = this.#program.functions.get(name)
    if (own) return this.#callOwn(own, args)
    const text = (i: number): string => (args[i] ? textOf(this.#value(args[i])) : '')
    const number = (i: number): number => (args[i] ? numberOf(this.#value(args[i])) : 0)
    if (args.length < ({ match: 2, split: 2, sub: 2, gsub: 2 }[name] ?? 0)) throw new AwkFault('Too few arguments')
    switch (name) {
      case 'length': {
        const first = args[0]
        if (!first) return textOf(this.#field(0)).length
        return first.e === 'var' && this.#frame(first.name).get(first.name) instanceof Map ? this.#array(first.name).size : text(0).length
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
        this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) & 0x7fffffff
        return this.#seed / 0x80000000
      case 'srand': {
        const was = this.#seed
        this.#seed = args[0] ? Math.trunc(number(0)) : 1
        return was
      }
      case 'sprintf':
        return this.#formatted(args.map((a) => this.#value(a)))
      case 'match': {
        const m = this.#pattern(args[1]!).exec(text(0))
        this.#set('RSTART', m ? m.index + 1 : 0)
        this.#set('RLENGTH', m ? m[0].length : -1)
        return m ? m.index + 1 : 0
      }
      case 'split': {
        const target = args[1]
        if (target?.e !== 'var') throw new AwkFault('split: the second argument is no array')
        const separator = args[2]
        const parts = separator?.e === 'regex' ? (text(0) === '' ? [] : text(0).split(this.#regex(separator.source))) : this.#parts(text(0), separator ? text(2) : textOf(this.#get('FS')))
        const array = this.#array(target.name)
        array.clear()
        parts.forEach((part, i) => array.set(String(i + 1), new Input(part)))
        return parts.length
      }
      case 'sub':
      case 'gsub':
        return this.#substitute(args, name === 'gsub')
      case 'close':
      case 'fflush':
        return 0
      default:
        throw new AwkFault(['system', 'sin', 'cos', 'atan2', 'exp', 'log', 'strftime', 'systime'].includes(name) ? `the function ${name} is not modelled here` : `Call to undefined function`)
    }
  }

  #substitute(args: readonly Expr[], all: boolean): number {
    const expression = this.#pattern(args[0]!)
    const by = textOf(this.#value(args[1]!))
    const target: Expr = args[2] ?? { e: 'field', of: { e: 'number', value: 0 } }
    let count = 0
    const result = textOf(this.#value(target)).replace(new RegExp(expression.source, all ? 'g' : ''), (hit: string) => {
      count++
      return by.replace(/\\\\&|\\&|&/g, (piece) => (piece === '&' ? hit : '&'))
    })
    if (result.length > MOST_OUTPUT) throw new AwkFault('text too long')
    if (count > 0) this.#assign(target, result)
    return count
  }

  #callOwn({ params, body }: { readonly params: readonly string[]; readonly body: Statement }, args: readonly Expr[]): Value {
    if (++this.#depth > DEEPEST_CALL) throw new AwkFault('functions call each other too deeply')
    const frame: Frame = new Map()
    params.forEach((param, i) => {
      const arg = args[i]
      const shared = arg?.e === 'var' ? this.#frame(arg.name).get(arg.name) : undefined
      frame.set(param, shared instanceof Map ? shared : arg ? this.#value(arg) : new Input(''))
    })
    const before = this.#locals
    this.#locals = frame
    const jump = this.#do(body)
    this.#locals = before
    this.#depth--
    if (jump?.to === 'exit') throw new AwkFault('exit inside of a function is not modelled here')
    return jump?.to === 'return' ? jump.value : ''
  }
}

function power(base: number, exponent: number): number {
  let result = 1
  for (let i = Math.abs(exponent); i > 0; i--) result *= base
  return exponent < 0 ? 1 / result : result
}

function compared(op: string, a: Value, b: Value): boolean {
  const numeric = (v: Value): boolean => typeof v === 'number' || (v instanceof Input && (v.text === '' || LOOKS_NUMERIC.test(v.text)))
  const byNumber = numeric(a) && numeric(b)
  const x = byNumber ? numberOf(a) : textOf(a)
  const y = byNumber ? numberOf(b) : textOf(b)
  const order = x < y ? -1 : x > y ? 1 : 0
  return { '<': order < 0, '<=': order <= 0, '==': order === 0, '!=': order !== 0, '>': order > 0, '>=': order >= 0 }[op]!
}
