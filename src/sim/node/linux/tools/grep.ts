import { failed } from '../errno.ts'
import { existing, readFile } from '../files.ts'
import { linesOf, options, type ToolContext } from './context.ts'
import { regularExpression } from './regex.ts'

interface Search {
  /** The matches of a line, in order; an empty list where it does not match. */
  find(line: string): readonly string[]
}

const MOST_FILES = 10_000

/** All patterns: those of -e, -f, or the first word; a line break parts them too. */
function patternsOf(c: ToolContext): { readonly patterns: readonly string[]; readonly files: readonly string[] } | undefined {
  const given: string[] = []
  const rest: string[] = []
  for (let i = 0; i < c.args.length; i++) {
    const word = c.args[i]!
    const m = /^-[a-zA-Z]*?([ef])(.*)$/s.exec(word)
    const valued = /^-[a-zA-Z]*[ABCm]$/.test(word)
    if (word === '--') {
      rest.push(...c.args.slice(i + 1))
      break
    }
    if (m && !/^-[a-zA-Z]*[ABCm]/.test(word)) {
      const value = m[2] !== '' ? m[2]! : (c.args[++i] ?? '')
      if (m[1] === 'e') given.push(value)
      else {
        const text = c.readFile(value)
        if (text === undefined) return undefined
        given.push(...linesOf(text))
      }
    } else if (valued) i++
    else if (!/^-./.test(word)) rest.push(word)
  }
  if (given.length > 0) return { patterns: given.flatMap((p) => p.split('\n')), files: rest }
  return rest.length > 0 ? { patterns: rest[0]!.split('\n'), files: rest.slice(1) } : { patterns: [], files: [] }
}

function searchOf(patterns: readonly string[], flags: ReadonlySet<string>, literal: boolean, extended: boolean): Search | string {
  const isWord = (line: string, at: number, length: number): boolean => !/\w/.test(line[at - 1] ?? '') && !/\w/.test(line[at + length] ?? '')
  const expressions: RegExp[] = []
  for (const pattern of patterns) {
    const made = literal ? new RegExp(pattern.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), flags.has('i') ? 'i' : '') : regularExpression(pattern, extended, flags.has('i'))
    if (!made) return pattern
    expressions.push(new RegExp(flags.has('x') ? `^(?:${made.source})$` : made.source, `${made.flags}g`))
  }
  return {
    find: (line) => {
      const found: { at: number; text: string }[] = []
      for (const expression of expressions) for (const m of line.matchAll(expression)) if (!flags.has('w') || (m[0] !== '' && isWord(line, m.index, m[0].length))) found.push({ at: m.index, text: m[0] })
      return found.sort((a, b) => a.at - b.at || b.text.length - a.text.length).map((f) => f.text)
    },
  }
}

/** Lines that match (busybox: findutils/grep.c, with GNU's -P refused). What is typed or piped is searched as it comes. */
export function grep(c: ToolContext): number | undefined {
  const { flags, values } = options(c.args, 'efABCm')
  if (flags.has('P')) return c.fail('unrecognized option: P', 2)
  const wanted = patternsOf(c)
  if (!wanted) return 2
  if (wanted.patterns.length === 0) return c.usage('[-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...', 2)
  const search = searchOf(wanted.patterns, flags, flags.has('F') || c.name === 'fgrep', flags.has('E') || c.name === 'egrep')
  if (typeof search === 'string') return c.fail(`bad regex '${search}'`, 2)
  const isDeep = flags.has('r') || flags.has('R')
  const run = new Run(c, flags, values, search, isDeep || wanted.files.length > 1)
  if (wanted.files.length === 0 && !isDeep) return ofInput(c, run)
  let status = 0
  for (const name of isDeep ? (wanted.files.length > 0 ? wanted.files : ['.']).flatMap((path) => below(c, path)) : wanted.files) {
    const text = name === '-' ? '' : readFile(c.files, name)
    if (failed(text)) {
      if (!flags.has('s')) c.err(`${c.name}: ${name}: ${text.text}\n`)
      status = 2
    } else run.file(name, linesOf(text))
    if (run.over) return 0
  }
  return run.hits > 0 ? (status === 2 && !flags.has('q') ? 2 : 0) : status === 2 ? 2 : 1
}

/** Line by line as it comes; what has been seen so far is kept between reads. */
function ofInput(c: ToolContext, run: Run): number | undefined {
  run.load(c.state['grep'] as Progress | undefined)
  let partial = (c.state['partial'] as string | undefined) ?? ''
  for (;;) {
    const more = c.kernel.read(c.task, 0)
    if (more === null) {
      c.keep({ partial, grep: run.save() })
      return c.wait({ for: 'input', fd: 0 })
    }
    const text = partial + (more ?? '')
    const end = more === undefined ? text.length : text.lastIndexOf('\n') + 1
    partial = text.slice(end)
    for (const line of linesOf(text.slice(0, end))) {
      run.line('(standard input)', line)
      if (run.over) return 0
    }
    if (more === undefined) {
      run.end('(standard input)')
      return run.hits > 0 ? 0 : 1
    }
  }
}

function below(c: ToolContext, path: string): readonly string[] {
  const place = existing(c.files, path, false)
  if (failed(place)) return [path]
  if (place.node.t !== 'd') return place.node.t === 'f' ? [path] : []
  const names = Object.keys(place.node.entries).sort()
  return names.flatMap((name) => below(c, `${path.replace(/\/$/, '')}/${name}`)).slice(0, MOST_FILES)
}

/** What a search has come to in one file; plain data. */
interface Progress {
  readonly hits: number
  readonly count: number
  readonly number: number
  readonly before: readonly string[]
  readonly after: number
  readonly shown: number
}

class Run {
  readonly #c: ToolContext
  readonly #flags: ReadonlySet<string>
  readonly #search: Search
  readonly #named: boolean
  readonly #context: readonly [before: number, after: number]
  readonly #most: number
  hits = 0
  over = false
  #count = 0
  #number = 0
  #before: string[] = []
  #after = 0
  /** Number of the last line shown: where context does not join, "--" stands between. */
  #shown = 0

  constructor(c: ToolContext, flags: ReadonlySet<string>, values: ReadonlyMap<string, string>, search: Search, named: boolean) {
    this.#c = c
    this.#flags = flags
    this.#search = search
    this.#named = flags.has('H') || (named && !flags.has('h'))
    const around = Number(values.get('C') ?? 0)
    this.#context = [Number(values.get('B') ?? around), Number(values.get('A') ?? around)]
    this.#most = Number(values.get('m') ?? Infinity)
  }

  save(): Progress {
    return { hits: this.hits, count: this.#count, number: this.#number, before: this.#before, after: this.#after, shown: this.#shown }
  }

  load(progress: Progress | undefined): void {
    if (!progress) return
    this.hits = progress.hits
    this.#count = progress.count
    this.#number = progress.number
    this.#before = [...progress.before]
    this.#after = progress.after
    this.#shown = progress.shown
  }

  file(name: string, lines: readonly string[]): void {
    this.#count = this.#number = this.#after = this.#shown = 0
    this.#before = []
    for (const line of lines) {
      if (this.over || (this.#count >= this.#most && this.#after === 0)) break
      this.line(name, line)
    }
    this.end(name)
  }

  line(name: string, line: string): void {
    const flags = this.#flags
    this.#number++
    const found = this.#count >= this.#most ? [] : this.#search.find(line)
    const isHit = this.#count < this.#most && found.length > 0 !== flags.has('v')
    if (!isHit) return this.#beside(name, line)
    this.#count++
    this.hits++
    if (flags.has('q')) this.over = true
    if (flags.has('q') || flags.has('c') || flags.has('l') || flags.has('L')) return
    if (flags.has('o')) {
      for (const text of found) if (text !== '') this.#show(name, text, ':')
    } else {
      const [before] = this.#context
      if (before + this.#context[1] > 0 && this.#shown > 0 && this.#number - this.#before.length > this.#shown + 1) this.#c.out('--\n')
      const first = this.#number - this.#before.length
      this.#before.forEach((text, i) => this.#show(name, text, '-', first + i))
      this.#before = []
      this.#show(name, line, ':')
      this.#after = this.#context[1]
    }
    // Reading the input goes no further than is wanted.
    if (this.#count >= this.#most && this.#after === 0 && name === '(standard input)') this.over = true
  }

  end(name: string): void {
    const flags = this.#flags
    if (flags.has('l') && this.#count > 0) this.#c.out(`${name}\n`)
    else if (flags.has('L') && this.#count === 0) this.#c.out(`${name}\n`)
    else if (flags.has('c') && !flags.has('l') && !flags.has('L') && !flags.has('q')) this.#c.out(`${this.#named ? `${name}:` : ''}${this.#count}\n`)
  }

  #beside(name: string, line: string): void {
    if (this.#after > 0) {
      this.#after--
      this.#show(name, line, '-')
    } else if (this.#context[0] > 0) this.#before = [...this.#before, line].slice(-this.#context[0])
  }

  #show(name: string, text: string, mark: ':' | '-', number = this.#number): void {
    this.#shown = number
    this.#c.out(`${this.#named ? `${name}${mark}` : ''}${this.#flags.has('n') ? `${number}${mark}` : ''}${text}\n`)
  }
}
