import type { Address, Command } from './parse.ts'

/** What a script asks of the world outside of its lines. */
export interface SedWorld {
  /** A file's text for `r`; '' where it is missing. */
  read(name: string): string
  write(name: string, text: string): void
}

export interface SedResult {
  readonly out: string
  readonly code: number
  /** The script went round in circles until its budget was spent: a real one would never end. */
  readonly endless: boolean
}

const BUDGET = 200_000
const LONGEST_SPACE = 1 << 18

/** Runs a script over a text (POSIX sed). `quiet`: -n. */
export function runSed(commands: readonly Command[], text: string, quiet: boolean, world: SedWorld): SedResult {
  const run = new Run(commands, text, quiet, world)
  return run.all()
}

class Run {
  readonly #commands: readonly Command[]
  readonly #lines: readonly string[]
  readonly #endsWithNewline: boolean
  readonly #quiet: boolean
  readonly #world: SedWorld
  #at = 0
  #space = ''
  #hold = ''
  #out = ''
  #after = ''
  #left = BUDGET
  #substituted = false
  #last: RegExp | undefined
  readonly #ranges = new Map<Command, number>()
  readonly #written = new Map<string, string>()

  constructor(commands: readonly Command[], text: string, quiet: boolean, world: SedWorld) {
    this.#commands = commands
    const lines = text.split('\n')
    this.#endsWithNewline = lines.at(-1) === ''
    if (this.#endsWithNewline) lines.pop()
    this.#lines = lines
    this.#quiet = quiet
    this.#world = world
  }

  all(): SedResult {
    let code = 0
    let again = false
    while (again || this.#at < this.#lines.length) {
      if (!again) this.#space = this.#lines[this.#at++]!
      again = false
      this.#substituted = false
      const end = this.#cycle()
      if (end === 'endless') return { out: this.#out, code: 0, endless: true }
      if (end !== 'delete' && end !== 'again' && end !== 'Q' && !this.#quiet) this.#print(this.#space)
      this.#flush()
      if (typeof end === 'object') {
        code = end.code
        break
      }
      if (end === 'Q') break
      again = end === 'again'
    }
    for (const [name, text] of this.#written) this.#world.write(name, text)
    return { out: this.#out, code, endless: false }
  }

  #cycle(): 'end' | 'delete' | 'again' | 'endless' | 'Q' | { readonly code: number } {
    for (let i = 0; i < this.#commands.length; i++) {
      if (this.#left-- <= 0 || this.#space.length > LONGEST_SPACE) return 'endless'
      const command = this.#commands[i]!
      if (this.#selects(command) === command.not) {
        if (command.name === '{') i = command.end! - 1
        continue
      }
      switch (command.name) {
        case 'd':
          return 'delete'
        case 'D': {
          const end = this.#space.indexOf('\n')
          if (end < 0) return 'delete'
          this.#space = this.#space.slice(end + 1)
          return 'again'
        }
        case 'n':
          if (this.#at >= this.#lines.length) return 'end'
          if (!this.#quiet) this.#print(this.#space)
          this.#flush()
          this.#space = this.#lines[this.#at++]!
          break
        case 'N':
          if (this.#at >= this.#lines.length) return 'end'
          this.#space += `\n${this.#lines[this.#at++]!}`
          break
        case 'q':
          return { code: Number(command.text || 0) }
        case 'Q':
          return 'Q'
        case 'b':
          i = this.#jump(command)
          break
        case 't':
          if (this.#substituted) i = this.#jump(command)
          this.#substituted = false
          break
        case 'T':
          if (!this.#substituted) i = this.#jump(command)
          this.#substituted = false
          break
        case 'c':
          if (!command.to || this.#ranges.get(command) === undefined) this.#out += command.text!
          return 'delete'
        default:
          this.#simple(command)
      }
    }
    return 'end'
  }

  #simple(command: Command): void {
    switch (command.name) {
      case 'p':
        return this.#print(this.#space)
      case 'P':
        return this.#print(this.#space.split('\n')[0]!, true)
      case '=':
        this.#out += `${this.#at}\n`
        return
      case 'l':
        this.#out += `${this.#space.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$\n`
        return
      case 'h':
        this.#hold = this.#space
        return
      case 'H':
        this.#hold += `\n${this.#space}`
        return
      case 'g':
        this.#space = this.#hold
        return
      case 'G':
        this.#space += `\n${this.#hold}`
        return
      case 'x':
        ;[this.#space, this.#hold] = [this.#hold, this.#space]
        return
      case 'i':
        this.#out += command.text!
        return
      case 'a':
        this.#after += command.text!
        return
      case 'r':
        this.#after += this.#world.read(command.text!)
        return
      case 'w':
        this.#keep(command.text!)
        return
      case 's':
        return this.#substitute(command)
      case 'y': {
        const [from, to] = [[...command.flags!], [...command.replacement!]]
        this.#space = [...this.#space].map((c) => (from.includes(c) ? to[from.indexOf(c)]! : c)).join('')
      }
    }
  }

  #substitute({ re, replacement, flags, text }: Command): void {
    const expression = re ?? this.#last
    if (!expression) return
    this.#last = expression
    const nth = Number(/\d+/.exec(flags!)?.[0] ?? 1)
    const all = flags!.includes('g')
    let n = 0
    let hit = false
    this.#space = this.#space.replace(new RegExp(expression.source, `${expression.flags}g`), (...args: readonly unknown[]) => {
      const groups = args.slice(0, args.findIndex((a) => typeof a === 'number')) as readonly (string | undefined)[]
      n++
      if (n < nth || (n > nth && !all)) return groups[0]!
      hit = true
      return filledIn(replacement!, groups)
    })
    if (!hit) return
    this.#substituted = true
    if (flags!.includes('p')) this.#print(this.#space)
    if (text !== undefined) this.#keep(text)
  }

  #keep(name: string): void {
    if (name === '/dev/stdout') this.#out += `${this.#space}\n`
    else this.#written.set(name, `${this.#written.get(name) ?? ''}${this.#space}\n`)
  }

  #print(text: string, whole = false): void {
    // A last line without a line break stays without.
    this.#out += whole || this.#endsWithNewline || this.#at < this.#lines.length ? `${text}\n` : text
  }

  #flush(): void {
    if (this.#after !== '' && this.#out !== '' && !this.#out.endsWith('\n')) this.#out += '\n'
    this.#out += this.#after
    this.#after = ''
  }

  #jump({ text }: Command): number {
    return text === '' ? this.#commands.length : this.#commands.findIndex((c) => c.name === ':' && c.text === text)
  }

  #hits(address: Address): boolean {
    switch (address.k) {
      case 'line':
        return address.n === this.#at
      case 'step':
        return address.step === 0 ? this.#at === address.first : this.#at >= address.first && (this.#at - address.first) % address.step === 0
      case 'last':
        return this.#at >= this.#lines.length
      case 'more':
        return false
      case 'match': {
        const expression = address.re ?? this.#last
        if (expression) this.#last = expression
        return expression?.test(this.#space) ?? false
      }
    }
  }

  /** Is the line in what the addresses name? A range is remembered by the line where it began. */
  #selects(command: Command): boolean {
    const { from, to } = command
    if (!from) return true
    if (!to) return this.#hits(from)
    const began = this.#ranges.get(command)
    if (began === undefined) {
      const atOnce = from.k === 'line' && from.n === 0 && this.#at === 1
      if (!atOnce && !this.#hits(from)) return false
      const isOver = (to.k === 'line' && to.n <= this.#at) || (to.k === 'more' && to.n === 0) || (atOnce && this.#hits(to))
      if (!isOver) this.#ranges.set(command, this.#at)
      return true
    }
    if (to.k === 'more' ? this.#at >= began + to.n : to.k === 'line' ? this.#at >= to.n : this.#hits(to)) this.#ranges.delete(command)
    return to.k !== 'line' || this.#at <= to.n
  }
}

const filledIn = (replacement: string, groups: readonly (string | undefined)[]): string =>
  replacement.replace(/\\(\d)|\\n|\\t|\\([\s\S])|&/g, (all, group: string | undefined, escaped: string | undefined) => (group !== undefined ? (groups[Number(group)] ?? '') : all === '\\n' ? '\n' : all === '\\t' ? '\t' : (escaped ?? groups[0]!)))
