/** What a shell is in the middle of when it asks for another line. */
interface Open {
  /** Ends of here-documents that are still to come, in order; with "-" tabs before them do not count. */
  readonly heredocs: { readonly end: string; readonly tabs: boolean }[]
  /** Words that wait for their ends: if, for, while, case, {, (. */
  readonly blocks: string[]
}

const ENDS: Readonly<Record<string, string>> = { if: 'fi', for: 'done', while: 'done', until: 'done', select: 'done', case: 'esac', '{': '}', '(': ')', '$(': ')' }
const CLOSERS: ReadonlySet<string> = new Set(Object.values(ENDS))
/** Behind these another command begins, so a keyword may stand there. */
const LEADERS: ReadonlySet<string> = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '{', '!', 'time'])
const SEPARATORS = new Set([';', '&', '|', '\n', '(', ')'])

/** Where a quoted text ends, behind its closing quote; -1 when it does not. */
function quoteEnd(text: string, from: number): number {
  const quote = text[from]
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i++
    else if (text[i] === quote) return i + 1
  }
  return -1
}

/** Behind the here-documents that begin after the line break at `from`; -1 when one does not end. */
function behindDocuments(text: string, from: number, { heredocs }: Open): number {
  let at = from
  for (const { end, tabs } of heredocs.splice(0)) {
    for (;;) {
      if (at >= text.length) return -1
      const stop = text.indexOf('\n', at)
      const line = stop < 0 ? text.slice(at) : text.slice(at, stop)
      at = stop < 0 ? text.length : stop + 1
      if ((tabs ? line.replace(/^\t+/, '') : line) === end) break
      if (stop < 0) return -1
    }
  }
  return at
}

function word(open: Open, text: string, leads: boolean): void {
  if (!leads) return
  const { blocks } = open
  if (CLOSERS.has(text) && ENDS[blocks.at(-1) ?? ''] === text) blocks.pop()
  else if (text in ENDS) blocks.push(text)
}

/** Does a shell want more before it can run this: an open quote, block or here-document, a backslash or an operator at the end? */
export function isUnfinished(text: string): boolean {
  const open: Open = { heredocs: [], blocks: [] }
  let leads = true
  let operator = false
  for (let i = 0; i < text.length; ) {
    const c = text[i]!
    if (c === '\\') {
      if (i + 1 >= text.length || text.slice(i) === '\\\n') return true
      i += 2
      leads = leads && text[i - 1] === '\n'
      continue
    }
    const quoted = c === '"' || c === "'" ? quoteEnd(text, i) : 0
    if (quoted < 0) return true
    if (quoted > 0) {
      i = quoted
      ;[leads, operator] = [false, false]
      continue
    }
    if (text.startsWith('<<<', i)) {
      i += 3
      continue
    }
    const document = /^<<(-?)\s*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([^\s;&|()<>'"]+))/.exec(text.slice(i))
    if (document) {
      open.heredocs.push({ end: document[2] ?? document[3] ?? document[4]!, tabs: document[1] === '-' })
      i += document[0].length
      continue
    }
    if (c === '#' && (i === 0 || /\s/.test(text[i - 1]!))) {
      const stop = text.indexOf('\n', i)
      i = stop < 0 ? text.length : stop
      continue
    }
    if (c === '\n' && open.heredocs.length > 0) {
      i = behindDocuments(text, i + 1, open)
      if (i < 0) return true
      ;[leads, operator] = [true, false]
      continue
    }
    if (text.startsWith('$(', i)) {
      open.blocks.push('$(')
      i += 2
      leads = true
      continue
    }
    if (SEPARATORS.has(c)) {
      if (c === '(' && leads) open.blocks.push('(')
      else if (c === ')' && ENDS[open.blocks.at(-1) ?? ''] === ')') open.blocks.pop()
      else if (c !== '\n') operator = c === '|' || (c === '&' && text[i + 1] === '&')
      i += c === '&' && text[i + 1] === '&' ? 2 : 1
      // Behind "f()" its body begins.
      leads = c !== ')' || text[i - 2] === '('
      continue
    }
    const found = /^[^\s;&|()<>'"\\]+/.exec(text.slice(i))?.[0]
    if (!found) {
      i++
      continue
    }
    word(open, found, leads)
    leads = leads && LEADERS.has(found)
    operator = false
    i += found.length
  }
  return operator || open.heredocs.length > 0 || open.blocks.length > 0
}

/** The text to run: lines that a backslash joins are one line, but not where here-documents may keep it. */
export const joined = (text: string): string => (text.includes('<<') ? text : text.replace(/\\\n/g, ' '))
