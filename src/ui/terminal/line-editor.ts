/** The line under the cursor in a terminal, as plain data. `cursor` counts UTF-16 units from the start. */
export interface Line {
  readonly text: string
  readonly cursor: number
  /** Earlier lines, oldest first. */
  readonly history: readonly string[]
  /** Position in history while going through it; history.length: the line being written. */
  readonly at: number
  /** The line being written, kept while an earlier one is shown. */
  readonly draft: string
  /** What Ctrl-W, Ctrl-U and Ctrl-K took away last, for Ctrl-Y. */
  readonly killed: string
  /** The text that Ctrl-R looks for; null: not searching. */
  readonly search: string | null
}

/** What a key asks of the terminal beyond a changed line. */
export type Asked = 'none' | 'run' | 'complete' | 'interrupt' | 'clear' | 'end'

export interface KeyResult {
  readonly line: Line
  readonly asked: Asked
}

export const emptyLine: Line = { text: '', cursor: 0, history: [], at: 0, draft: '', killed: '', search: null }

const MOST_HISTORY = 500

/** The start of the character before `at`, keeping surrogate pairs whole. */
function before(text: string, at: number): number {
  if (at <= 0) return 0
  const code = text.charCodeAt(at - 1)
  return code >= 0xdc00 && code <= 0xdfff ? Math.max(0, at - 2) : at - 1
}

function after(text: string, at: number): number {
  if (at >= text.length) return text.length
  const code = text.charCodeAt(at)
  return Math.min(text.length, code >= 0xd800 && code <= 0xdbff ? at + 2 : at + 1)
}

function wordStart(text: string, at: number): number {
  let i = at
  while (i > 0 && text[i - 1] === ' ') i--
  while (i > 0 && text[i - 1] !== ' ') i--
  return i
}

function wordEnd(text: string, at: number): number {
  let i = at
  while (i < text.length && text[i] === ' ') i++
  while (i < text.length && text[i] !== ' ') i++
  return i
}

/** Replaces from..to by `inserted`; the cursor comes after it. */
export function replace(line: Line, from: number, to: number, inserted: string): Line {
  const text = line.text.slice(0, from) + inserted + line.text.slice(to)
  return { ...line, text, cursor: from + inserted.length }
}

function kill(line: Line, from: number, to: number): Line {
  return { ...replace(line, from, to, ''), killed: line.text.slice(from, to) || line.killed }
}

function recall(line: Line, at: number): Line {
  const to = Math.min(line.history.length, Math.max(0, at))
  if (to === line.at) return line
  const draft = line.at === line.history.length ? line.text : line.draft
  const text = to === line.history.length ? draft : (line.history[to] ?? '')
  return { ...line, text, cursor: text.length, at: to, draft }
}

/** The next line for a new prompt, with `ran` remembered unless it is empty or was the last one already. */
export function nextLine(line: Line, ran: string): Line {
  const keep = ran.trim() !== '' && ran !== line.history.at(-1)
  const history = keep ? [...line.history, ran].slice(-MOST_HISTORY) : line.history
  return { ...emptyLine, history, at: history.length, killed: line.killed }
}

/** The newest history row before `from` that contains `text`; -1: none. */
export function findInHistory(history: readonly string[], text: string, from: number): number {
  for (let i = Math.min(from, history.length) - 1; i >= 0; i--) if (history[i]?.includes(text) === true) return i
  return -1
}

function searched(line: Line, search: string, from: number): Line {
  const at = findInHistory(line.history, search, from)
  if (search === '' || at < 0) return { ...line, search }
  const text = line.history[at] ?? ''
  return { ...line, search, at, text, cursor: text.indexOf(search) }
}

function searchKey(line: Line, key: string): KeyResult | undefined {
  const { search } = line
  if (search === null) return undefined
  if (key === '\x12') return { line: searched(line, search, line.at), asked: 'none' }
  if (key === '\x7f') return { line: searched(line, search.slice(0, -1), line.history.length), asked: 'none' }
  if (key === '\x1b' || key === '\x07' || key === '\x03') {
    return { line: { ...line, search: null, text: line.draft, cursor: line.draft.length, at: line.history.length }, asked: 'none' }
  }
  if (key >= ' ' && !key.startsWith('\x1b')) return { line: searched(line, search + key, line.history.length), asked: 'none' }
  return undefined
}

const EDITS: Readonly<Record<string, (line: Line) => Line>> = {
  '\x7f': (line) => replace(line, before(line.text, line.cursor), line.cursor, ''),
  '\x1b[3~': (line) => ({ ...replace(line, line.cursor, after(line.text, line.cursor), ''), cursor: line.cursor }),
  '\x1b[D': (line) => ({ ...line, cursor: before(line.text, line.cursor) }),
  '\x1b[C': (line) => ({ ...line, cursor: after(line.text, line.cursor) }),
  '\x1b[A': (line) => recall(line, line.at - 1),
  '\x1b[B': (line) => recall(line, line.at + 1),
  '\x1b[H': (line) => ({ ...line, cursor: 0 }),
  '\x1b[F': (line) => ({ ...line, cursor: line.text.length }),
  '\x01': (line) => ({ ...line, cursor: 0 }),
  '\x05': (line) => ({ ...line, cursor: line.text.length }),
  '\x02': (line) => ({ ...line, cursor: before(line.text, line.cursor) }),
  '\x06': (line) => ({ ...line, cursor: after(line.text, line.cursor) }),
  '\x10': (line) => recall(line, line.at - 1),
  '\x0e': (line) => recall(line, line.at + 1),
  '\x1bb': (line) => ({ ...line, cursor: wordStart(line.text, line.cursor) }),
  '\x1bf': (line) => ({ ...line, cursor: wordEnd(line.text, line.cursor) }),
  '\x1b[1;5D': (line) => ({ ...line, cursor: wordStart(line.text, line.cursor) }),
  '\x1b[1;5C': (line) => ({ ...line, cursor: wordEnd(line.text, line.cursor) }),
  '\x17': (line) => kill(line, wordStart(line.text, line.cursor), line.cursor),
  '\x15': (line) => kill(line, 0, line.cursor),
  '\x0b': (line) => kill(line, line.cursor, line.text.length),
  '\x19': (line) => replace(line, line.cursor, line.cursor, line.killed),
  '\x12': (line) => ({ ...line, search: '', draft: line.text }),
}

/** One key (or escape sequence) as xterm sends it. Printable text, also several characters at once, is inserted. */
export function pressKey(line: Line, key: string): KeyResult {
  const inSearch = searchKey(line, key)
  if (inSearch !== undefined) return inSearch
  const plain = line.search === null ? line : { ...line, search: null }
  if (key === '\r') return { line: { ...plain, cursor: plain.text.length }, asked: 'run' }
  if (key === '\t') return { line: plain, asked: 'complete' }
  if (key === '\x03') return { line: plain, asked: 'interrupt' }
  if (key === '\x0c') return { line: plain, asked: 'clear' }
  if (key === '\x04') {
    const result = plain.text === '' ? plain : (EDITS['\x1b[3~']?.(plain) ?? plain)
    return { line: result, asked: plain.text === '' ? 'end' : 'none' }
  }
  const edit = EDITS[key]
  if (edit !== undefined) return { line: edit(plain), asked: 'none' }
  if (key < ' ' || key.startsWith('\x1b')) return { line: plain, asked: 'none' }
  return { line: replace(plain, plain.cursor, plain.cursor, key), asked: 'none' }
}

/** What the candidates have in common at their start. */
export function commonStart(candidates: readonly string[]): string {
  let common = candidates[0] ?? ''
  for (const candidate of candidates) {
    let i = 0
    while (i < common.length && common[i] === candidate[i]) i++
    common = common.slice(0, i)
  }
  return common
}

/** Cuts what xterm delivers at once (typed fast, or several keys) into single keys; text stays together. */
export function splitKeys(data: string): string[] {
  // eslint-disable-next-line no-control-regex
  return data.match(/\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b[a-z]|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/g)?.map((key) => key.replace(/^\x1bO/, '\x1b[')) ?? []
}
