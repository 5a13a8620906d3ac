import type { JsonValue } from '../api/meta.ts'
import { fail } from './failure.ts'
import { goValue } from './custom-columns.ts'
import { parseTemplate, type Command, type TemplateNode } from './go-template-parse.ts'
import { memberOf, templateFunctions, TemplateError } from './go-template-functions.ts'

/** A template that does more would not end while somebody waits. */
const MOST_STEPS = 1_000_000

interface Scope {
  readonly dot: JsonValue
  readonly variables: Map<string, JsonValue>
}

/** Go's text/template as far as `-o go-template` is used: fields, range, if, with, variables, pipes, the usual functions. */
export class GoTemplate {
  readonly #nodes: readonly TemplateNode[]
  readonly #text: string
  #steps = 0

  constructor(text: string) {
    const parsed = parseTemplate(text)
    if (typeof parsed === 'string') fail(`error parsing template ${text}, template: output:1: ${parsed}`)
    this.#nodes = parsed as readonly TemplateNode[]
    this.#text = text
  }

  print(data: JsonValue): string {
    this.#steps = 0
    try {
      return this.#render(this.#nodes, { dot: data, variables: new Map([['$', data]]) })
    } catch (thrown) {
      if (!(thrown instanceof TemplateError)) throw thrown
      return fail(`error executing template ${JSON.stringify(this.#text)}: template: output: ${thrown.text}`)
    }
  }

  #render(nodes: readonly TemplateNode[], scope: Scope): string {
    return nodes.map((n) => this.#node(n, scope)).join('')
  }

  #node(node: TemplateNode, scope: Scope): string {
    if (++this.#steps > MOST_STEPS) throw new TemplateError('the template takes too long')
    switch (node.kind) {
      case 'text':
        return node.text
      case 'action': {
        const value = this.#pipe(node.pipe, scope)
        if (node.assign) {
          scope.variables.set(node.assign, value ?? null)
          return ''
        }
        return value === undefined ? '<no value>' : templateText(value)
      }
      case 'if':
        return truth(this.#pipe(node.pipe, scope)) ? this.#render(node.body, scope) : this.#render(node.otherwise, scope)
      case 'with': {
        const value = this.#pipe(node.pipe, scope)
        return truth(value) ? this.#render(node.body, { ...scope, dot: value! }) : this.#render(node.otherwise, scope)
      }
      case 'range':
        return this.#range(node, scope)
    }
  }

  #range(node: Extract<TemplateNode, { kind: 'range' }>, scope: Scope): string {
    const value = this.#pipe(node.pipe, scope)
    const entries: (readonly [JsonValue, JsonValue])[] = []
    if (Array.isArray(value)) (value as readonly JsonValue[]).forEach((v, i) => entries.push([i, v]))
    else if (typeof value === 'object' && value !== null) for (const k of Object.keys(value).sort()) entries.push([k, (value as Record<string, JsonValue>)[k]!])
    if (entries.length === 0) return this.#render(node.otherwise, scope)
    return entries
      .map(([key, item]) => {
        const variables = new Map(scope.variables)
        if (node.variables.length === 1) variables.set(node.variables[0]!, item)
        if (node.variables.length === 2) variables.set(node.variables[0]!, key).set(node.variables[1]!, item)
        return this.#render(node.body, { dot: item, variables })
      })
      .join('')
  }

  #pipe(pipe: readonly Command[], scope: Scope): JsonValue | undefined {
    let value: JsonValue | undefined
    pipe.forEach((command, i) => {
      value = this.#command(command, scope, i > 0 ? [value ?? null] : [])
    })
    return value
  }

  #command(command: Command, scope: Scope, piped: readonly JsonValue[]): JsonValue | undefined {
    if (command.call === undefined) return this.#operand(command.words[0]!, scope)
    const args = command.words.map((w) => this.#operand(w, scope) ?? null)
    return templateFunctions[command.call]!([...args, ...piped])
  }

  #operand(word: Command['words'][number], scope: Scope): JsonValue | undefined {
    if (word.kind === 'literal') return word.value
    if (word.kind === 'pipe') return descend(this.#pipe(word.pipe, scope), word.path)
    const start = word.variable === undefined ? scope.dot : scope.variables.get(word.variable)
    return descend(start, word.path)
  }
}

function descend(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let at = value
  for (const name of path) {
    if (at === undefined || at === null) return undefined
    if (typeof at !== 'object' || Array.isArray(at)) throw new TemplateError(`can't evaluate field ${name} in type ${Array.isArray(at) ? '[]interface {}' : typeof at}`)
    at = memberOf(at, name)
  }
  return at
}

const truth = (value: JsonValue | undefined): boolean => {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false
  return typeof value !== 'object' || (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0)
}

const templateText = (value: JsonValue): string => (value === null ? '<no value>' : goValue(value))
