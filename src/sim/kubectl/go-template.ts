import type { JsonValue } from '../api/meta.ts'
import { goQuote } from '../api/field.ts'
import { fail } from './failure.ts'
import { memberOf, Num, shownValue, templateFunction, TemplateError, truth, typeOf, type Data, type Val } from './go-template-functions.ts'
import { parseTemplate, type Command, type Operand, type Parsed, type Pipe, type TemplateNode } from './go-template-parse.ts'
import { goJson } from './print-json.ts'

/** A template that does more would not end while somebody waits. */
const MOST_STEPS = 1_000_000
/** So deep templates may call one another. */
const DEEPEST = 1000

/** Leaves the turn of a range, or the range. */
const BREAK = Symbol('break')
const CONTINUE = Symbol('continue')

type Place = { readonly pos: number; readonly text: string }
interface Variable {
  readonly name: string
  value: Val
}

/** Go's text/template as kubectl uses it for `-o go-template` (cli-runtime: printers, template.go). */
export class GoTemplate {
  readonly #parsed: Parsed
  readonly #text: string

  constructor(text: string) {
    const parsed = parseTemplate(text)
    if (typeof parsed === 'string') fail(`error parsing template ${text}, template: output:1: ${parsed}`)
    this.#parsed = parsed as Parsed
    this.#text = text
  }

  /** The text for an object; where that fails, what came before goes to `say`, with what kubectl tells for debugging. */
  print(data: JsonValue, say: (text: string) => void = () => undefined): string {
    const run = new Run(this.#parsed, this.#text)
    try {
      run.whole(data)
    } catch (thrown) {
      if (!(thrown instanceof TemplateError)) throw thrown
      say(`${run.out}Error executing template: ${thrown.text}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${this.#text}\n\traw data was:\n\t\t${goJson(data)}\n\tobject given to template engine was:\n\t\t${shownValue(data)}\n\n`)
      return fail(`error executing template ${goQuote(this.#text)}: ${thrown.text}`)
    }
    return run.out
  }
}

/** One execution (text/template: exec.go). */
class Run {
  out = ''
  readonly #parsed: Parsed
  readonly #text: string
  #variables: Variable[] = []
  #at: Place = { pos: 0, text: '' }
  #name = 'output'
  #steps = 0
  #depth = 0

  constructor(parsed: Parsed, text: string) {
    this.#parsed = parsed
    this.#text = text
  }

  whole(data: JsonValue): void {
    const dot = { v: data, boxed: false }
    this.#variables = [{ name: '$', value: dot }]
    this.#list(this.#parsed.nodes, dot)
  }

  #fail(what: string): never {
    const before = this.#text.slice(0, this.#at.pos)
    const line = before.lastIndexOf('\n')
    const column = line < 0 ? this.#at.pos : this.#at.pos - line - 1
    throw new TemplateError(`template: output:${before.split('\n').length}:${column}: executing ${JSON.stringify(this.#name)} at <${this.#at.text}>: ${what}`)
  }

  #list(nodes: readonly TemplateNode[], dot: Val): typeof BREAK | typeof CONTINUE | undefined {
    for (const node of nodes) {
      const left = this.#node(node, dot)
      if (left) return left
    }
    return undefined
  }

  #node(node: TemplateNode, dot: Val): typeof BREAK | typeof CONTINUE | undefined {
    if (++this.#steps > MOST_STEPS) throw new TemplateError('the template takes too long')
    switch (node.kind) {
      case 'text':
        this.out += node.text
        return undefined
      case 'action': {
        const value = this.#pipe(node.pipe, dot)
        if (node.pipe.variables.length === 0) this.out += value === undefined ? '<no value>' : shownValue(value.v)
        return undefined
      }
      case 'if':
      case 'with':
        return this.#scoped(() => {
          const value = this.#pipe(node.pipe, dot)
          return truth(value?.v) ? this.#list(node.body, node.kind === 'with' ? value : dot) : this.#list(node.otherwise, dot)
        })
      case 'range':
        return this.#scoped(() => this.#range(node, dot))
      case 'break':
        return BREAK
      case 'continue':
        return CONTINUE
      case 'template':
        this.#invoke(node, dot)
        return undefined
    }
  }

  #scoped<T>(body: () => T): T {
    const mark = this.#variables.length
    const result = body()
    this.#variables.length = mark
    return result
  }

  #range(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>, dot: Val): typeof BREAK | typeof CONTINUE | undefined {
    const value = this.#pipe({ ...node.pipe, variables: [] }, dot)
    const entries = this.#entries(value?.v)
    if (entries.length === 0) return this.#list(node.otherwise, dot)
    const { variables, assigns } = node.pipe
    for (const [key, item] of entries) {
      const left = this.#scoped(() => {
        const element = { v: item, boxed: !(item instanceof Num) }
        const given = variables.length > 1 ? [{ v: key, boxed: false }, element] : [element]
        variables.forEach((name, i) => (assigns ? this.#assign(name, given[i]) : this.#variables.push({ name, value: given[i] })))
        return this.#list(node.body, element)
      })
      if (left === BREAK) break
    }
    return undefined
  }

  #entries(value: Data | undefined): readonly (readonly [Data, Data])[] {
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item, i) => [new Num(i, 'int'), item])
    const number = value instanceof Num && value.type === 'int' ? value.value : typeof value === 'number' && Number.isInteger(value) ? value : undefined
    if (number !== undefined) return Array.from({ length: Math.min(Math.max(0, number), MOST_STEPS) }, (_, i) => [new Num(i, 'int'), new Num(i, 'int')])
    if (typeof value !== 'object' || value instanceof Num) return this.#fail(`range can't iterate over ${shownValue(value)}`)
    return Object.keys(value).sort().map((key) => [key, memberOf(value, key)!])
  }

  #invoke({ name, pipe, pos }: Extract<TemplateNode, { kind: 'template' }>, dot: Val): void {
    this.#at = { pos, text: `{{template ${JSON.stringify(name)}${pipe ? ` ${pipe.text}` : ''}}}` }
    const nodes = this.#parsed.named.get(name)
    if (!nodes) this.#fail(`template ${JSON.stringify(name)} not defined`)
    if (++this.#depth > DEEPEST) this.#fail(`exceeded maximum template depth (${DEEPEST})`)
    const value = pipe && this.#pipe(pipe, dot)
    const [variables, before] = [this.#variables, this.#name]
    this.#variables = [{ name: '$', value }]
    this.#name = name
    this.#list(nodes!, value)
    this.#variables = variables
    this.#name = before
    this.#depth--
  }

  #assign(name: string, value: Val): void {
    const variable = this.#variable(name)
    if (variable) variable.value = value
  }

  /** The innermost variable of a name. */
  #variable(name: string): Variable | undefined {
    for (let i = this.#variables.length - 1; i >= 0; i--) if (this.#variables[i]!.name === name) return this.#variables[i]
    return undefined
  }

  #pipe(pipe: Pipe, dot: Val): Val {
    this.#at = pipe
    let value: Val
    pipe.commands.forEach((command, i) => {
      value = this.#command(command, dot, i > 0, value)
      // What lies in an interface is taken out of it.
      if (value?.boxed) value = value.v === null ? undefined : { v: value.v, boxed: false }
    })
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#assign(name, value)
      else this.#variables.push({ name, value })
    }
    return value
  }

  #command(command: Command, dot: Val, piped: boolean, final: Val): Val {
    const word = command.words[0]!
    const hasArguments = command.words.length > 1 || piped
    if (word.kind === 'function') return this.#call(word.name, command, command.words.slice(1), dot, piped, final)
    if (word.kind === 'field' || word.kind === 'chain' || (word.kind === 'variable' && word.path.length > 0)) return this.#operand(word, dot, hasArguments)
    if (word.kind !== 'pipe') this.#at = word
    if (hasArguments) this.#fail(`can't give argument to non-function ${word.text}`)
    if (word.kind === 'nil') this.#fail('nil is not a command')
    return this.#operand(word, dot, false)
  }

  #operand(word: Operand, dot: Val, hasArguments: boolean): Val {
    if (word.kind !== 'pipe' && word.kind !== 'function') this.#at = word
    switch (word.kind) {
      case 'dot':
        return dot
      case 'nil':
        return undefined
      case 'bool':
      case 'string':
        return { v: word.value, boxed: false }
      case 'number':
        return { v: new Num(word.value, word.float ? 'float64' : 'int'), boxed: false }
      case 'field':
        return this.#descend(dot, word.path, hasArguments)
      case 'variable': {
        return this.#descend(this.#variable(word.name)?.value, word.path, hasArguments)
      }
      case 'chain': {
        const of = this.#operand(word.of, dot, false)
        return this.#descend(of, word.path, hasArguments)
      }
      case 'function':
        return this.#call(word.name, word, [], dot, false, undefined)
      case 'pipe':
        return this.#pipe(word.pipe, dot)
    }
  }

  #descend(from: Val, path: readonly string[], hasArguments: boolean): Val {
    let value = from
    path.forEach((name, i) => {
      if (value === undefined) return
      const type = value.boxed ? 'interface {}' : typeOf(value.v)
      if (value.v === null) this.#fail(`nil pointer evaluating ${type}.${name}`)
      if (typeof value.v !== 'object' || Array.isArray(value.v) || value.v instanceof Num) this.#fail(`can't evaluate field ${name} in type ${type}`)
      if (hasArguments && i === path.length - 1) this.#fail(`${name} is not a method but has arguments`)
      const member = memberOf(value.v, name)
      value = member === undefined ? undefined : { v: member, boxed: true }
    })
    return value
  }

  #call(name: string, at: Place, words: readonly Operand[], dot: Val, piped: boolean, final: Val): Val {
    this.#at = at
    const { least, more, takes, run } = templateFunction(name)
    const count = words.length + (piped ? 1 : 0)
    if (more && count < least) this.#fail(`wrong number of args for ${name}: want at least ${least} got ${count}`)
    if (!more && count !== least) this.#fail(`wrong number of args for ${name}: want ${least} got ${count}`)
    if (name === 'and' || name === 'or') return this.#either(name, words, dot, piped, final)
    const args = words.map((word, i) => this.#argument(word, dot, takes === 'string' && i === 0))
    if (piped) args.push(takes === 'string' && words.length === 0 ? this.#string(final) : final)
    this.#at = at
    try {
      return { v: run(args), boxed: name === 'index' }
    } catch (thrown) {
      if (!(thrown instanceof TemplateError)) throw thrown
      return this.#fail(`error calling ${name}: ${thrown.text}`)
    }
  }

  #either(name: 'and' | 'or', words: readonly Operand[], dot: Val, piped: boolean, final: Val): Val {
    let value: Val
    for (const word of words) {
      value = this.#argument(word, dot, false)
      if (truth(value?.v) === (name === 'or')) return value
    }
    return piped ? final : value
  }

  #argument(word: Operand, dot: Val, isString: boolean): Val {
    this.#at = word
    if (!isString) return this.#operand(word, dot, false)
    if (word.kind === 'nil') this.#fail('cannot assign nil to string')
    if (word.kind === 'number' || word.kind === 'bool') this.#fail(`expected string; found ${word.text}`)
    return this.#string(this.#operand(word, dot, false))
  }

  #string(value: Val): Val {
    if (value === undefined) this.#fail('invalid value; expected string')
    if (typeof value!.v !== 'string') this.#fail(`wrong type for value; expected string; got ${value!.v === null ? 'interface {}' : typeOf(value!.v)}`)
    return value
  }
}
