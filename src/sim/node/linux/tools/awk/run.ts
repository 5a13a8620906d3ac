import { regularExpression } from '../regex.ts'
import { callBuiltin, MOST_TEXT, type Host } from './builtins.ts'
import { format as formatted } from './format.ts'
import { AwkFault, type AwkProgram, type AwkResult, type Expr, type Rule, type Statement } from './syntax.ts'
import { compared, Input, numberOf, power, textOf, truth, type Value } from './values.ts'

type Frame = Map<string, Value | Map<string, Value>>

const MOST_STEPS = 2_000_000
const DEEPEST_CALL = 200

class Jump {
  readonly to: 'break' | 'continue' | 'next' | 'exit' | 'return'
  readonly value: Value
  constructor(to: Jump['to'], value: Value = '') {
    this.to = to
    this.value = value
  }
}

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

class Interpreter implements Host {
  out = ''
  code = 0
  readonly #files = new Map<string, { name: string; text: string; append: boolean }>()
  readonly #program: AwkProgram
  readonly #globals: Frame = new Map()
  #locals: Frame | undefined
  #depth = 0
  #fields: Value[] = ['']
  #steps = 0
  seed = 0
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
      this.set('FILENAME', name)
      this.set('FNR', 0)
      for (const record of this.#records(text)) {
        this.#split(record)
        this.set('NR', numberOf(this.get('NR')) + 1)
        this.set('FNR', numberOf(this.get('FNR')) + 1)
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
    const rs = textOf(this.get('RS'))
    const parts = rs === '' ? text.replace(/^\n+/, '').split(/\n\n+/) : text.split(rs.length === 1 ? rs : this.regex(rs))
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
      if (pattern.p === 'when' && !truth(this.value(pattern.test))) continue
      if (pattern.p === 'range') {
        if (!this.#inRange.has(rule) && !truth(this.value(pattern.from))) continue
        this.#inRange.add(rule)
        if (truth(this.value(pattern.to))) this.#inRange.delete(rule)
      }
      const stop = this.#act(rule)
      if (stop === 'next') return false
      if (stop) return true
    }
    return false
  }

  #act(rule: Rule): false | 'next' | 'exit' {
    if (!rule.action) {
      this.#write(`${textOf(this.field(0))}${textOf(this.get('ORS'))}`)
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
    if (this.out.length + text.length > MOST_TEXT) throw new AwkFault('more output than is modelled here')
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
        this.value(s.value)
        return undefined
      case 'print':
        return this.#print(s)
      case 'if':
        return truth(this.value(s.test)) ? this.#do(s.yes) : s.no && this.#do(s.no)
      case 'while':
        for (let first = s.after; first || truth(this.value(s.test)); first = false) {
          const jump = this.#do(s.body)
          if (jump?.to === 'break') break
          if (jump && jump.to !== 'continue') return jump
        }
        return undefined
      case 'for':
        if (s.first) this.#do(s.first)
        for (; !s.test || truth(this.value(s.test)); s.next && this.#do(s.next)) {
          const jump = this.#do(s.body)
          if (jump?.to === 'break') break
          if (jump && jump.to !== 'continue') return jump
        }
        return undefined
      case 'each':
        for (const key of [...this.array(s.of).keys()]) {
          this.set(s.name, new Input(key))
          const jump = this.#do(s.body)
          if (jump?.to === 'break') break
          if (jump && jump.to !== 'continue') return jump
        }
        return undefined
      case 'delete':
        if (s.keys) this.array(s.name).delete(this.#key(s.keys))
        else this.array(s.name).clear()
        return undefined
      case 'jump':
        return new Jump(s.to, s.value ? this.value(s.value) : s.to === 'exit' ? this.code : '')
    }
  }

  #print({ args, format, into }: Extract<Statement, { s: 'print' }>): undefined {
    const values = args.map((a) => this.value(a))
    const text = format ? formatted(values) : `${values.length === 0 ? textOf(this.field(0)) : values.map(textOf).join(textOf(this.get('OFS')))}${textOf(this.get('ORS'))}`
    if (!into) {
      this.#write(text)
      return undefined
    }
    const name = textOf(this.value(into.file))
    if (name === '/dev/stdout') this.#write(text)
    else if (name.length > 0) {
      const known = this.#files.get(name) ?? { name, text: '', append: into.op === '>>' }
      if (known.text.length + text.length > MOST_TEXT) throw new AwkFault('more output than is modelled here')
      this.#files.set(name, { ...known, text: known.text + text })
    }
    return undefined
  }

  // ---- variables and fields

  #frame(name: string): Frame {
    return this.#locals?.has(name) ? this.#locals : this.#globals
  }

  get(name: string): Value {
    if (name === 'NF') return this.#fields.length - 1
    const value = this.#frame(name).get(name)
    return value === undefined || value instanceof Map ? new Input('') : value
  }

  set(name: string, value: Value): void {
    if (name === 'NF') {
      const n = Math.min(Math.max(0, Math.trunc(numberOf(value))), 10_000)
      while (this.#fields.length - 1 < n) this.#fields.push('')
      this.#fields.length = n + 1
      this.#rejoin()
    }
    this.#frame(name).set(name, value)
  }

  isArray(name: string): boolean {
    return this.#frame(name).get(name) instanceof Map
  }

  array(name: string): Map<string, Value> {
    const frame = this.#frame(name)
    const known = frame.get(name)
    if (known instanceof Map) return known
    const made = new Map<string, Value>()
    frame.set(name, made)
    return made
  }

  #key(keys: readonly Expr[]): string {
    return keys.map((k) => textOf(this.value(k))).join(textOf(this.get('SUBSEP')))
  }

  #split(record: string): void {
    this.#fields = [new Input(record), ...this.parts(record, textOf(this.get('FS'))).map((part) => new Input(part))]
  }

  parts(text: string, separator: string): readonly string[] {
    if (separator === ' ') return text.split(/[ \t\n]+/).filter((part) => part !== '')
    if (text === '') return []
    if (separator === '') return [...text]
    return text.split(separator.length === 1 && separator !== '\\' ? separator : this.regex(separator))
  }

  field(n: number): Value {
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
    this.#fields[0] = this.#fields.slice(1).map(textOf).join(textOf(this.get('OFS')))
  }

  regex(source: string): RegExp {
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

  value(e: Expr): Value {
    this.#tick()
    switch (e.e) {
      case 'number':
      case 'string':
        return e.value
      case 'regex':
        return this.regex(e.source).test(textOf(this.field(0))) ? 1 : 0
      case 'var':
        return this.get(e.name)
      case 'field':
        return this.field(Math.trunc(numberOf(this.value(e.of))))
      case 'element': {
        const array = this.array(e.name)
        const key = this.#key(e.keys)
        const known = array.get(key)
        if (known === undefined) array.set(key, new Input(''))
        return known ?? new Input('')
      }
      case 'group':
        return e.items.map((item) => this.value(item)).at(-1) ?? ''
      case 'in':
        return this.array(e.name).has(this.#key(e.keys)) ? 1 : 0
      case 'choice':
        return this.value(truth(this.value(e.test)) ? e.yes : e.no)
      case 'unary': {
        const of = this.value(e.of)
        return e.op === '!' ? (truth(of) ? 0 : 1) : e.op === '-' ? -numberOf(of) : numberOf(of)
      }
      case 'step': {
        const was = numberOf(this.value(e.to))
        this.assign(e.to, was + e.by)
        return e.before ? was + e.by : was
      }
      case 'assign': {
        const value = this.value(e.value)
        const result = e.op === '' ? value : this.#arithmetic(e.op, numberOf(this.value(e.to)), numberOf(value))
        this.assign(e.to, result)
        return result
      }
      case 'binary':
        return this.#binary(e)
      case 'call':
        return this.#call(e.name, e.args)
    }
  }

  assign(to: Expr, value: Value): void {
    if (to.e === 'var') this.set(to.name, value)
    else if (to.e === 'field') this.#setField(Math.trunc(numberOf(this.value(to.of))), value)
    else if (to.e === 'element') this.array(to.name).set(this.#key(to.keys), value)
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
    if (op === '&&') return truth(this.value(left)) && truth(this.value(right)) ? 1 : 0
    if (op === '||') return truth(this.value(left)) || truth(this.value(right)) ? 1 : 0
    if (op === '~' || op === '!~') {
      const hit = this.pattern(right).test(textOf(this.value(left)))
      return hit === (op === '~') ? 1 : 0
    }
    const a = this.value(left)
    const b = this.value(right)
    if (op === ' ') {
      const text = textOf(a) + textOf(b)
      if (text.length > MOST_TEXT) throw new AwkFault('text too long')
      return text
    }
    if (['<', '<=', '==', '!=', '>', '>='].includes(op)) return compared(op, a, b) ? 1 : 0
    return this.#arithmetic(op, numberOf(a), numberOf(b))
  }

  pattern(e: Expr): RegExp {
    return this.regex(e.e === 'regex' ? e.source : textOf(this.value(e)))
  }

  #call(name: string, args: readonly Expr[]): Value {
    const own = this.#program.functions.get(name)
    return own ? this.#callOwn(own, args) : callBuiltin(this, name, args)
  }

  #callOwn({ params, body }: { readonly params: readonly string[]; readonly body: Statement }, args: readonly Expr[]): Value {
    if (++this.#depth > DEEPEST_CALL) throw new AwkFault('functions call each other too deeply')
    const frame: Frame = new Map()
    params.forEach((param, i) => {
      const arg = args[i]
      const shared = arg?.e === 'var' ? this.#frame(arg.name).get(arg.name) : undefined
      frame.set(param, shared instanceof Map ? shared : arg ? this.value(arg) : new Input(''))
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
