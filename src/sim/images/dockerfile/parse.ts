/** Words that begin an instruction. MAINTAINER is deprecated, all others are current (Dockerfile reference). */
export const KEYWORDS = ['FROM', 'RUN', 'CMD', 'LABEL', 'MAINTAINER', 'EXPOSE', 'ENV', 'ADD', 'COPY', 'ENTRYPOINT', 'VOLUME', 'USER', 'WORKDIR', 'ARG', 'ONBUILD', 'STOPSIGNAL', 'HEALTHCHECK', 'SHELL'] as const
export type Keyword = (typeof KEYWORDS)[number]

/** One instruction. Lines count from 1. `form`: "exec" for a JSON list, "shell" for a command line, "words" for the rest. */
export interface Instruction {
  readonly keyword: Keyword
  readonly line: number
  readonly endLine: number
  /** As written, on one line. */
  readonly text: string
  readonly flags: Readonly<Record<string, string>>
  readonly form: 'exec' | 'shell' | 'words'
  /** exec: the list; shell: the command line as one word; ENV, LABEL, ARG: "name=value" words; others: words. Not yet expanded. */
  readonly args: readonly string[]
  readonly heredocs: readonly { readonly name: string; readonly text: string }[]
}

export interface DockerfileFault {
  readonly line: number
  readonly message: string
}

export interface Dockerfile {
  readonly instructions: readonly Instruction[]
  /** Why it cannot be built, in BuildKit's words. */
  readonly faults: readonly DockerfileFault[]
  /** What BuildKit's checks would say. */
  readonly warnings: readonly DockerfileFault[]
}

interface Logical {
  readonly line: number
  readonly endLine: number
  readonly text: string
  readonly heredocs: Instruction['heredocs']
}

/** Reads a Dockerfile. Whatever the text is, there is an answer: faults say what is wrong and where. */
export function parseDockerfile(text: string): Dockerfile {
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  const faults: DockerfileFault[] = []
  const warnings: DockerfileFault[] = []
  const instructions: Instruction[] = []
  for (const logical of logicalLines(source, escapeOf(source), faults, warnings)) {
    const made = instruction(logical, faults)
    if (!made) continue
    if (made.keyword === 'MAINTAINER') warnings.push({ line: made.line, message: 'MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label' })
    if ((made.keyword === 'CMD' || made.keyword === 'ENTRYPOINT') && made.form === 'shell') warnings.push({ line: made.line, message: `JSONArgsRecommended: JSON arguments recommended for ${made.keyword} to prevent unintended behavior related to OS signals` })
    instructions.push(made)
  }
  if (instructions.length === 0 && faults.length === 0) faults.push({ line: 0, message: 'the Dockerfile cannot be empty' })
  const first = instructions.find((i) => i.keyword !== 'ARG')
  if (first && first.keyword !== 'FROM') faults.push({ line: first.line, message: 'no build stage in current context' })
  return { instructions, faults, warnings }
}

/** `# escape=\`` at the top changes the character that continues lines. */
function escapeOf(source: string): string {
  for (const line of source.split('\n')) {
    const m = /^#\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line)
    if (!m) return '\\'
    if (m[1]!.toLowerCase() === 'escape') return m[2] === '`' ? '`' : '\\'
  }
  return '\\'
}

/** Lines with their continuations and here-documents put together; comments are left out. */
function logicalLines(source: string, escape: string, faults: DockerfileFault[], warnings: DockerfileFault[]): readonly Logical[] {
  const lines = source.split('\n')
  const found: Logical[] = []
  for (let i = 0; i < lines.length; i++) {
    if (/^\s*(#|$)/.test(lines[i]!)) continue
    const from = i
    let text = ''
    for (; ; i++) {
      const line = lines[i]
      if (line === undefined) break
      if (i > from && /^\s*#/.test(line)) continue
      if (i > from && line.trim() === '') {
        warnings.push({ line: i + 1, message: 'NoEmptyContinuation: Empty continuation line' })
        continue
      }
      const m = new RegExp(`^(.*)${escape === '`' ? '`' : '\\\\'}[ \\t]*$`).exec(line)
      text += m ? m[1]! : line
      if (!m) break
    }
    const heredocs: { name: string; text: string }[] = []
    if (/^\s*(RUN|COPY|ADD)\b/i.test(text)) {
      for (const m of text.matchAll(/<<(-?)(["']?)([A-Za-z_][A-Za-z0-9_]*)\2/g)) {
        const body: string[] = []
        let closed = false
        while (++i < lines.length) {
          const line = m[1] ? lines[i]!.replace(/^\t+/, '') : lines[i]!
          closed = line === m[3]
          if (closed) break
          body.push(line)
        }
        if (!closed) faults.push({ line: from + 1, message: `unterminated heredoc` })
        heredocs.push({ name: m[3]!, text: body.map((line) => `${line}\n`).join('') })
      }
    }
    if (text.trim() !== '') found.push({ line: from + 1, endLine: Math.min(i, lines.length - 1) + 1, text: text.trim(), heredocs })
  }
  return found
}

const isKeyword = (word: string): word is Keyword => (KEYWORDS as readonly string[]).includes(word)
const NUMBERS: Readonly<Partial<Record<Keyword, (n: number) => string | undefined>>> = {
  FROM: (n) => (n === 1 || n === 3 ? undefined : 'FROM requires either one or three arguments'),
  WORKDIR: exactlyOne('WORKDIR'), USER: exactlyOne('USER'), STOPSIGNAL: exactlyOne('STOPSIGNAL'), MAINTAINER: exactlyOne('MAINTAINER'),
  RUN: atLeastOne('RUN'), ENV: atLeastOne('ENV'), LABEL: atLeastOne('LABEL'), EXPOSE: atLeastOne('EXPOSE'), VOLUME: atLeastOne('VOLUME'), ARG: atLeastOne('ARG'), SHELL: atLeastOne('SHELL'), HEALTHCHECK: atLeastOne('HEALTHCHECK'), ONBUILD: atLeastOne('ONBUILD'),
}

function exactlyOne(name: string): (n: number) => string | undefined {
  return (n) => (n === 1 ? undefined : `${name} requires exactly one argument`)
}
function atLeastOne(name: string): (n: number) => string | undefined {
  return (n) => (n > 0 ? undefined : `${name} requires at least one argument`)
}

function instruction({ line, endLine, text, heredocs }: Logical, faults: DockerfileFault[]): Instruction | undefined {
  const fail = (message: string): undefined => {
    faults.push({ line, message })
    return undefined
  }
  const m = /^(\S+)\s*(.*)$/s.exec(text)!
  const keyword = m[1]!.toUpperCase()
  if (!isKeyword(keyword)) return fail(`unknown instruction: ${m[1]!}`)
  const { flags, rest } = flagsOf(keyword, m[2]!)
  const list = ['RUN', 'CMD', 'ENTRYPOINT', 'SHELL', 'VOLUME', 'COPY', 'ADD'].includes(keyword) ? jsonList(rest) : undefined
  if (keyword === 'SHELL' && !list) return fail('SHELL requires the arguments to be in JSON form')
  const isCommand = keyword === 'RUN' || keyword === 'CMD' || keyword === 'ENTRYPOINT'
  const form = list ? 'exec' : isCommand ? 'shell' : 'words'
  const args = list ?? (isCommand || keyword === 'ONBUILD' || keyword === 'MAINTAINER' ? (rest === '' ? [] : [rest]) : keyword === 'ENV' || keyword === 'LABEL' ? pairs(rest) : words(rest))
  if (typeof args === 'string') return fail(`Syntax error - can't find = in ${JSON.stringify(args)}. Must be of the form: name=value`)
  if ((keyword === 'COPY' || keyword === 'ADD') && args.length < 2) return fail(`${keyword} requires at least two arguments, but only ${args.length === 1 ? 'one was' : '0 were'} provided. Destination could not be determined`)
  const wrong = NUMBERS[keyword]?.(keyword === 'USER' || keyword === 'WORKDIR' ? Math.min(args.length, 1) : args.length)
  if (wrong) return fail(wrong)
  if (keyword === 'FROM' && args.length === 3 && args[1]!.toUpperCase() !== 'AS') return fail('FROM requires either one or three arguments')
  const whole = keyword === 'WORKDIR' || keyword === 'USER' ? [rest] : args
  return { keyword, line, endLine, text, flags, form, args: whole, heredocs }
}

const WITH_FLAGS: Readonly<Partial<Record<Keyword, true>>> = { FROM: true, RUN: true, COPY: true, ADD: true, HEALTHCHECK: true }

function flagsOf(keyword: Keyword, text: string): { readonly flags: Readonly<Record<string, string>>; readonly rest: string } {
  const flags: Record<string, string> = {}
  let rest = text.trim()
  while (WITH_FLAGS[keyword]) {
    const m = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest)
    if (!m) break
    Object.defineProperty(flags, m[1]!, { value: m[2] ?? '', enumerable: true, configurable: true })
    rest = rest.slice(m[0].length)
  }
  return { flags, rest }
}

/** The exec form: a JSON list of texts, or it is a line for the shell. */
function jsonList(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? (list as string[]) : undefined
  } catch {
    return undefined
  }
}

/** Words with their quotes and escapes kept for the expansion that comes later. */
function words(text: string): string[] {
  const found: string[] = []
  let word = ''
  let quote = ''
  let begun = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quote === '' && /\s/.test(c)) {
      if (begun) found.push(word)
      word = ''
      begun = false
      continue
    }
    begun = true
    word += c
    if (c === '\\' && quote !== "'") word += text[++i] ?? ''
    else if (quote === '' && (c === '"' || c === "'")) quote = c
    else if (c === quote) quote = ''
  }
  if (begun) found.push(word)
  return found
}

/** ENV and LABEL: "a=b c=d", or the old form "name the rest is its value". A text: the word without "=". */
function pairs(text: string): readonly string[] | string {
  const list = words(text)
  if (list.length === 0) return []
  if (list[0]!.includes('=')) return list.find((word) => !word.includes('=')) ?? list
  const m = /^(\S+)\s+(.*)$/s.exec(text)
  return m ? [`${m[1]}=${m[2]}`] : list[0]!
}

/** Puts variables into a word and takes its quotes away (BuildKit: shell/lex.go). */
export function expandWord(word: string, variables: Readonly<Record<string, string>>): string {
  const value = (name: string): string | undefined => (Object.hasOwn(variables, name) ? variables[name] : undefined)
  let out = ''
  let quote = ''
  for (let i = 0; i < word.length; i++) {
    const c = word[i]!
    if (c === '\\' && quote !== "'") {
      const next = word[++i] ?? ''
      out += quote === '"' && !'"\\$'.includes(next) ? `\\${next}` : next
    } else if (quote === '' && (c === '"' || c === "'")) quote = c
    else if (c === quote) quote = ''
    else if (c === '$' && quote !== "'") {
      const m = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^}]*))?\})/.exec(word.slice(i))
      if (!m) {
        out += c
        continue
      }
      const known = value(m[1] ?? m[2]!)
      const isSet = known !== undefined && (m[3]?.startsWith(':') !== true || known !== '')
      const other = (): string => expandWord(m[4]!, variables)
      out += m[3] === undefined ? (known ?? '') : m[3].endsWith('-') ? (isSet ? known! : other()) : isSet ? other() : ''
      i += m[0].length - 1
    } else out += c
  }
  return out
}
