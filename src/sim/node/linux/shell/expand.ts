import type { Kernel, Shell, Task } from '../kernel.ts'
import { existing } from '../files.ts'
import { failed } from '../errno.ts'
import { hashText } from '../../../engine/hash.ts'
import { arithmetic } from './arithmetic.ts'
import { expandBraces } from './braces.ts'
import { changedCase, replaced, substring, trim } from './edits.ts'
import { escaped, hasGlob, matches, unescaped } from './glob.ts'
import type { Part, ShellNode, Word } from './syntax.ts'
import { assignVariable, ExpansionFault } from './variables.ts'

/** The command substitutions in words, in the order in which the expansion meets them. */
export function substitutions(words: readonly Word[]): readonly ShellNode[] {
  const found: ShellNode[] = []
  const walk = (word: Word): void => {
    for (const part of word.parts) {
      if (part.p === 'command') found.push(part.body)
      else if (part.p === 'sum') walk(part.expression)
      else if (part.p === 'var') {
        if (part.arg) walk(part.arg)
        if (part.second) walk(part.second)
      }
    }
  }
  for (const word of words) walk(word)
  return found
}

/** A piece of a field in the making: `pattern` is the text with what was quoted escaped. */
interface Field {
  text: string
  pattern: string
  quoted: boolean
}

/** Expands words of one command; `texts` are the outputs of their command substitutions, in order. */
export class Expansion {
  readonly #kernel: Kernel
  readonly #task: Task
  readonly #shell: Shell
  readonly #texts: readonly string[]
  #used = 0

  constructor(kernel: Kernel, task: Task, shell: Shell, texts: readonly string[]) {
    this.#kernel = kernel
    this.#task = task
    this.#shell = shell
    this.#texts = texts
  }

  /** Words to fields: split and globbed. */
  fields(words: readonly Word[]): string[] {
    const out: string[] = []
    for (const word of this.#task.comm === 'bash' ? words.flatMap(expandBraces) : words) {
      const plain = plainText(word)
      if (plain !== undefined) out.push(plain)
      else for (const field of this.#split(word)) out.push(...this.#globbed(field))
    }
    return out
  }

  /** One word to one text: no splitting, no globbing (assignments, redirections, here-documents). */
  text(word: Word): string {
    return word.parts.map((part, i) => (i === 0 && part.p === 'text' && !part.quoted ? this.#tilde(part.s) : this.#values(part).join(' '))).join('')
  }

  /** One word to a pattern of `case`, `#` and `%`. */
  pattern(word: Word): string {
    return word.parts.map((part) => {
      const text = this.#values(part).join(' ')
      return part.quoted ? escaped(text) : text
    }).join('')
  }

  #split(word: Word): Field[] {
    const done: Field[] = []
    let field: Field | undefined
    const open = (): Field => (field ??= { text: '', pattern: '', quoted: false })
    const close = (): void => {
      if (field) done.push(field)
      field = undefined
    }
    word.parts.forEach((part, i) => {
      if (part.p === 'text') {
        const text = i === 0 && !part.quoted ? this.#tilde(part.s) : part.s
        const f = open()
        f.text += text
        f.pattern += part.quoted ? escaped(text) : text
        f.quoted ||= part.quoted
        return
      }
      const values = this.#values(part)
      if (part.quoted) {
        // "$@" gives a field a parameter, and none when there are none.
        if (part.p === 'var' && part.name === '@' && values.length === 0 && word.parts.length === 1) return
        values.forEach((value, n) => {
          if (n > 0) close()
          const f = open()
          f.text += value
          f.pattern += escaped(value)
          f.quoted = true
        })
        if (values.length === 0) open().quoted = true
        return
      }
      const ifs = this.#shell.vars['IFS'] ?? ' \t\n'
      values.forEach((value, n) => {
        if (n > 0) close()
        let piece = ''
        const flush = (): void => {
          if (piece === '') return
          const f = open()
          f.text += piece
          f.pattern += piece
          piece = ''
        }
        for (let at = 0; at < value.length; at++) {
          const c = value[at]!
          if (!ifs.includes(c)) {
            piece += c
            continue
          }
          flush()
          if (c === ' ' || c === '\t' || c === '\n') close()
          else {
            open()
            close()
          }
        }
        flush()
      })
    })
    close()
    return done
  }

  #tilde(text: string): string {
    return text === '~' || text.startsWith('~/') ? (this.#shell.vars['HOME'] ?? '/root') + text.slice(1) : text
  }

  #values(part: Part): readonly string[] {
    switch (part.p) {
      case 'text':
        return [part.s]
      case 'command':
        return [(this.#texts[this.#used++] ?? '').replace(/\n+$/, '').replaceAll('\0', '')]
      case 'sum': {
        return [String(this.sum(part.expression))]
      }
      case 'var':
        return this.#variable(part)
    }
  }

  /** The value of an arithmetic expression. */
  sum(expression: Word): number {
    return this.#sum(this.text(expression))
  }

  #sum(text: string): number {
    const shell = this.#shell
    return arithmetic(text, { get: (name) => this.valueOf(name), set: (name, v) => assignVariable(shell, name, v) })
  }

  #variable(part: Extract<Part, { p: 'var' }>): readonly string[] {
    const { name, op } = part
    if ((name === '@' || name === '*') && op === '') {
      if (name === '*' && part.quoted) return [this.#shell.params.join((this.#shell.vars['IFS'] ?? ' ')[0] ?? '')]
      return this.#shell.params
    }
    const value = this.valueOf(name)
    if (op === '#' && !part.arg) return [String((value ?? '').length)]
    if (op === '') {
      if (value === undefined && this.#shell.nounset) throw new ExpansionFault(`${name}: parameter not set`)
      return [value ?? '']
    }
    const isNull = value === undefined || (op.startsWith(':') && value === '')
    if (op === '%' || op === '%%' || op === '##' || op === '#') {
      const pattern = part.arg ? this.pattern(part.arg) : ''
      return [trim(value ?? '', pattern, op)]
    }
    if (op.startsWith('/')) return [replaced(value ?? '', part.arg ? this.pattern(part.arg) : '', part.second ? this.text(part.second) : '', op === '//')]
    if (op.startsWith('^') || op.startsWith(',')) return [changedCase(value ?? '', op)]
    const argument = part.arg ? this.text(part.arg) : ''
    if (op === ':') return [substring(value ?? '', this.#sum(argument), part.second ? this.#sum(this.text(part.second)) : undefined)]
    switch (op.replace(':', '')) {
      case '-':
        return [isNull ? argument : value]
      case '+':
        return [isNull ? '' : argument]
      case '=':
        if (isNull) assignVariable(this.#shell, name, argument)
        return [isNull ? argument : value]
      default:
        if (isNull) throw new ExpansionFault(`${name}: ${argument || 'parameter not set'}`)
        return [value]
    }
  }

  valueOf(name: string): string | undefined {
    const shell = this.#shell
    switch (name) {
      case '?':
        return String(shell.status)
      case '$':
        return shell.vars['$'] ?? String(this.#task.pid)
      case '!':
        return shell.lastBackground ? String(shell.lastBackground) : ''
      case '#':
        return String(shell.params.length)
      case '*':
      case '@':
        return shell.params.join(' ')
      case '-':
        return `${shell.errexit ? 'e' : ''}${shell.jobs ? 'im' : ''}${shell.nounset ? 'u' : ''}${shell.xtrace ? 'x' : ''}`
      case '0':
        return shell.name
      default:
        if (/^\d+$/.test(name)) return shell.params[Number(name) - 1]
        if (name === 'RANDOM' && !Object.hasOwn(shell.vars, name)) return String(this.#random())
        if (name === 'SECONDS' && !Object.hasOwn(shell.vars, name)) return String(Math.floor((this.#task.clock - this.#task.startedAt) / 1_000_000))
        if (name === 'PPID' && !Object.hasOwn(shell.vars, name)) return String(this.#kernel.tasks.get(this.#task.parent)?.pid ?? 0)
        return Object.hasOwn(shell.vars, name) ? shell.vars[name] : undefined
    }
  }

  /** A number of 15 bits, drawn from where and when it is asked for, so that it comes out the same again. */
  #random(): number {
    this.#shell.draws = (this.#shell.draws ?? 0) + 1
    return hashText(`${this.#kernel.setting.nodeName} ${this.#kernel.machine.firstPid} ${this.#task.id} ${this.#task.clock}`, this.#shell.draws) & 0x7fff
  }

  #globbed(field: Field): readonly string[] {
    if (!hasGlob(field.pattern)) return field.text === '' && !field.quoted ? [] : [field.text]
    const found = glob(this.#kernel, this.#task, field.pattern)
    return found.length > 0 ? found : [field.text]
  }
}

/** The text of a word that is what it says, as most are; undefined where something must be expanded. */
function plainText({ parts }: Word): string | undefined {
  const part = parts[0]
  if (parts.length !== 1 || part!.p !== 'text') return undefined
  return part.quoted || PLAIN.test(part.s) ? part.s : undefined
}

const PLAIN = /^(?:[\w./:=+%@,-]+|[[\]])$/
const MOST_NAMES = 10_000

/** The paths that match a pattern, sorted. */
export function glob(kernel: Kernel, task: Task, pattern: string): readonly string[] {
  const world = kernel.files(task)
  const absolute = pattern.startsWith('/')
  let found: string[] = [absolute ? '/' : '']
  for (const part of pattern.split('/').filter((p) => p !== '')) {
    const next: string[] = []
    for (const base of found) {
      const join = (name: string): string => (base === '' || base.endsWith('/') ? base + name : `${base}/${name}`)
      if (!hasGlob(part)) {
        const path = join(unescaped(part))
        if (!failed(existing(world, path, false))) next.push(path)
        continue
      }
      const dir = existing(world, base || '.')
      if (failed(dir) || dir.node.t !== 'd') continue
      for (const name of Object.keys(dir.node.entries).sort()) if ((!name.startsWith('.') || part.startsWith('.')) && matches(part, name)) next.push(join(name))
    }
    found = next.slice(0, MOST_NAMES)
  }
  return found
}
