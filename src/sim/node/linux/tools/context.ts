import type { Micros } from '../../../engine/time.ts'
import { failed, type Failure } from '../errno.ts'
import type { FileWorld } from '../files.ts'
import type { Kernel, Task } from '../kernel.ts'
import type { Answer, Wait } from '../machine.ts'

/** What a tool says after a step: its exit status, or nothing when it waits. */
export type Step = number | undefined
export type Tool = (c: ToolContext) => Step

const LONGEST_INPUT = 1 << 20

/** A running program as its code sees it. `state` survives waiting. */
export class ToolContext {
  readonly kernel: Kernel
  readonly task: Task
  readonly name: string

  constructor(kernel: Kernel, task: Task, name: string) {
    this.kernel = kernel
    this.task = task
    this.name = name
  }

  get args(): readonly string[] {
    return this.task.argv.slice(1)
  }

  get now(): Micros {
    return this.task.clock
  }

  get files(): FileWorld {
    return this.kernel.files(this.task)
  }

  get state(): Readonly<Record<string, unknown>> {
    return this.task.program.kind === 'tool' ? ((this.task.program.state as Readonly<Record<string, unknown>> | null) ?? {}) : {}
  }

  keep(state: Readonly<Record<string, unknown>>): void {
    if (this.task.program.kind === 'tool') this.task.program = { ...this.task.program, state: { ...this.state, ...state } }
  }

  out(text: string): void {
    this.kernel.write(this.task, 1, text)
  }

  err(text: string): void {
    this.kernel.write(this.task, 2, text)
  }

  /** Complains in the form of busybox and gives back the status. */
  fail(text: string, status = 1): number {
    this.err(`${this.name}: ${text}\n`)
    return status
  }

  /** Says how it is called, as a busybox does. */
  usage(words: string, status = 1): number {
    this.err(`BusyBox v1.37.0 multi-call binary.\n\nUsage: ${this.name} ${words}\n`)
    return status
  }

  failure(what: string, failure: Failure, status = 1): number {
    return this.fail(`${what}: ${failure.text}`, status)
  }

  wait(wait: Wait): undefined {
    this.kernel.wait(this.task, wait)
    return undefined
  }

  sleepUntil(until: Micros): undefined {
    return this.wait({ for: 'time', until })
  }

  /** All of the input once it has ended; null (and waiting) until then. */
  input(): string | null {
    let text = (this.state['input'] as string | undefined) ?? ''
    for (;;) {
      const more = this.kernel.read(this.task, 0)
      if (more === undefined) return text
      if (more === null) {
        this.keep({ input: text })
        this.wait({ for: 'input', fd: 0 })
        return null
      }
      text += more
      if (text.length > LONGEST_INPUT) return text
    }
  }

  /** Texts of the files that are named, or of the input ("-" or none). Complaints are written; null means wait. */
  texts(names: readonly string[]): readonly { readonly name: string; readonly text: string }[] | null {
    const wanted = names.length > 0 ? names : ['-']
    if (wanted.includes('-') && this.state['stdin'] === undefined) {
      const text = this.input()
      if (text === null) return null
      this.keep({ stdin: text })
    }
    const found: { name: string; text: string }[] = []
    for (const name of wanted) {
      if (name === '-') {
        found.push({ name: '(standard input)', text: this.state['stdin'] as string })
        continue
      }
      const text = this.readFile(name)
      if (text !== undefined) found.push({ name, text })
    }
    return found
  }

  /** A file's text; undefined after a complaint, and `status` becomes 1. */
  readFile(name: string): string | undefined {
    const opened = this.kernel.openFile(this.task, name, 'r')
    if (failed(opened)) {
      this.fail(`${this.opening(name)}: ${opened.text}`)
      this.keep({ status: 1 })
      return undefined
    }
    const before = this.task.fds
    this.task.fds = { ...before, 99: opened }
    let text = ''
    for (;;) {
      const more = this.kernel.read(this.task, 99)
      if (typeof more !== 'string') break
      text += more
      if (text.length > LONGEST_INPUT) break
    }
    this.task.fds = before
    return text
  }

  /** How this program names a file that it cannot open. */
  opening(name: string): string {
    return this.name === 'cat' || this.name === 'head' || this.name === 'tail' || this.name === 'wc' || this.name === 'sort' ? `can't open '${name}'` : name
  }

  /** Asks the node to do something and waits; undefined until it has answered. */
  askNode(request: object): Answer | undefined {
    const done = this.state['answer'] as Answer | undefined
    if (done) return done
    this.kernel.ask(this.task, { host: '', port: 0, what: 'node', path: JSON.stringify(request) })
    return undefined
  }

  get status(): number {
    return (this.state['status'] as number | undefined) ?? 0
  }
}

/** Splits `-abc value` words: flags that take no value, those that do (letters in `valued`), and the rest. */
export function options(args: readonly string[], valued = ''): { readonly flags: ReadonlySet<string>; readonly values: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const rest: string[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '--') {
      rest.push(...args.slice(i + 1))
      break
    }
    if (!/^-[^-]/.test(word) || (/^-\d+$/.test(word) && !valued.includes('0'))) {
      if (word.startsWith('--')) {
        const [name = '', value = ''] = word.slice(2).split('=')
        flags.add(name)
        values.set(name, value)
      } else if (/^-\d+$/.test(word)) values.set('n', word.slice(1))
      else rest.push(word)
      continue
    }
    for (let j = 1; j < word.length; j++) {
      const letter = word[j]!
      if (!valued.includes(letter)) {
        flags.add(letter)
        continue
      }
      flags.add(letter)
      values.set(letter, j + 1 < word.length ? word.slice(j + 1) : (args[++i] ?? ''))
      break
    }
  }
  return { flags, values, rest }
}

/** A text as its lines, without line breaks. */
export const linesOf = (text: string): string[] => {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

export const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
