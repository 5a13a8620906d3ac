import { parseCondition } from './conditional.ts'
import { asAssignment } from './assignment.ts'
import { SyntaxFault, type Assignment, type Part, type Redirect, type ShellNode, type Word } from './syntax.ts'
import { WordReader } from './words.ts'

const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', 'for', 'in', 'case', 'esac', '{', '}', '!'])
const ENDERS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}'])
const OPERATORS = ['&&', '||', ';;', '&>>', '&>', '|&', '<<<', '<<-', '<<', '>>', '>&', '<&', '<>', '>|', '&', ';', '|', '<', '>', '(', ')', '\n']
const DEEPEST = 200

type Token =
  | { readonly t: 'op'; readonly op: string; readonly fd?: number }
  | { readonly t: 'word'; readonly word: Word; readonly literal?: string }
  | { readonly t: 'end' }

interface PendingHeredoc {
  readonly strip: boolean
  readonly delimiter: string
  readonly quoted: boolean
  fill(word: Word): void
}

const ONE: Word = { parts: [{ p: 'text', s: '1', quoted: false }], bare: true }

const memo = new Map<string, ShellNode | SyntaxFault>()

/** Parses a script. A fault is a value, not a throw; the same text gives the same tree. */
export function parseShell(script: string): ShellNode | SyntaxFault {
  let found = memo.get(script)
  if (!found) {
    try {
      found = new Parser(script).program()
    } catch (thrown) {
      if (!(thrown instanceof SyntaxFault)) throw thrown
      found = thrown
    }
    if (memo.size > 2000) memo.clear()
    memo.set(script, found)
  }
  return found
}

/** A part of a script; throws what is wrong with it. */
function parsed(body: string): ShellNode {
  const node = parseShell(body)
  if (node instanceof SyntaxFault) throw node
  return node
}

const UNFINISHED = /unexpected end of file|unterminated quoted string|EOF in backquote|missing '/

/** Parses lines as they come from somebody who types: 'more' when the command goes on in the next line. */
export function parseLines(text: string): ShellNode | SyntaxFault | 'more' {
  const parser = { open: false }
  try {
    const node = new Parser(text, parser).program()
    return parser.open ? 'more' : node
  } catch (thrown) {
    if (!(thrown instanceof SyntaxFault)) throw thrown
    return UNFINISHED.test(thrown.message) ? 'more' : thrown
  }
}

/** A recursive descent over the grammar of POSIX 2.10. */
class Parser {
  readonly #reader: WordReader
  #token: Token
  #depth = 0
  readonly #heredocs: PendingHeredoc[] = []
  readonly #state: { open: boolean } | undefined

  /** `state.open` tells of a here-document without its end. */
  constructor(text: string, state?: { open: boolean }) {
    this.#state = state
    this.#reader = new WordReader(text, parsed)
    this.#token = this.#next()
  }

  program(): ShellNode {
    const list = this.#list()
    if (this.#token.t !== 'end') throw this.#unexpected()
    return list
  }

  #next(): Token {
    const r = this.#reader
    r.skipBlanks()
    if (r.atEnd) return { t: 'end' }
    for (const op of OPERATORS) {
      if (!r.looksAt(op)) continue
      r.skip(op.length)
      if (op === '\n') this.#readHeredocs()
      return { t: 'op', op }
    }
    const fd = r.redirectNumber()
    if (fd !== undefined) {
      const op = ['<<<', '<<-', '<<', '>>', '>&', '<&', '<>', '>|', '<', '>'].find((o) => r.looksAt(o))!
      r.skip(op.length)
      return { t: 'op', op, fd }
    }
    const word = r.word()
    const literal = word.bare && word.parts.length === 1 && word.parts[0]!.p === 'text' ? word.parts[0]!.s : word.parts.length === 0 ? '' : undefined
    return { t: 'word', word, ...(literal === undefined ? {} : { literal }) }
  }

  #advance(): Token {
    const token = this.#token
    this.#token = this.#next()
    return token
  }

  #isOp(...ops: readonly string[]): boolean {
    return this.#token.t === 'op' && ops.includes(this.#token.op)
  }

  #isWord(...words: readonly string[]): boolean {
    return this.#token.t === 'word' && this.#token.literal !== undefined && words.includes(this.#token.literal)
  }

  #newlines(): void {
    while (this.#isOp('\n')) this.#advance()
  }

  #unexpected(): SyntaxFault {
    const { t } = this.#token
    if (t === 'end') return new SyntaxFault('syntax error: unexpected end of file')
    const what = this.#token.t === 'op' ? (this.#token.op === '\n' ? 'newline' : `"${this.#token.op}"`) : this.#token.t === 'word' && this.#token.literal !== undefined ? (RESERVED.has(this.#token.literal) ? `"${this.#token.literal}"` : 'word') : 'word'
    return new SyntaxFault(`syntax error: unexpected ${what}`)
  }

  #expectWord(word: string): void {
    if (!this.#isWord(word)) throw this.#unexpected()
    this.#advance()
  }

  #list(): ShellNode {
    const items: { node: ShellNode; background: boolean }[] = []
    for (;;) {
      while (this.#isOp('\n')) this.#advance()
      if (this.#token.t === 'end' || this.#isOp(')', ';;') || (this.#token.t === 'word' && this.#token.literal !== undefined && ENDERS.has(this.#token.literal))) break
      const node = this.#andor()
      if (this.#isOp('&')) {
        this.#advance()
        items.push({ node, background: true })
      } else {
        items.push({ node, background: false })
        if (this.#isOp(';')) this.#advance()
        else if (!this.#isOp('\n')) break
      }
    }
    return items.length === 1 && !items[0]!.background ? items[0]!.node : { k: 'list', items }
  }

  #andor(): ShellNode {
    const first = this.#pipeline()
    const rest: { op: '&&' | '||'; node: ShellNode }[] = []
    while (this.#isOp('&&', '||')) {
      const { op } = this.#advance() as { op: '&&' | '||' }
      this.#newlines()
      rest.push({ op, node: this.#pipeline() })
    }
    return rest.length === 0 ? first : { k: 'andor', first, rest }
  }

  #pipeline(): ShellNode {
    let not = false
    while (this.#isWord('!')) {
      this.#advance()
      not = !not
    }
    const stages = [this.#command()]
    while (this.#isOp('|', '|&')) {
      // `|&` sends both outputs on.
      if (this.#isOp('|&')) stages[stages.length - 1] = { k: 'redirected', body: stages.at(-1)!, redirects: [{ fd: 2, op: '>&', word: ONE }] }
      this.#advance()
      this.#newlines()
      stages.push(this.#command())
    }
    return stages.length === 1 && !not ? stages[0]! : { k: 'pipe', stages, not }
  }

  #command(): ShellNode {
    if (++this.#depth > DEEPEST) throw new SyntaxFault('syntax error: nested too deeply')
    const node = this.#compound()
    this.#depth--
    if (!node) return this.#simple()
    const redirects = this.#redirects()
    return redirects.length > 0 ? { k: 'redirected', body: node, redirects } : node
  }

  #compound(): ShellNode | undefined {
    if (this.#isOp('(') && this.#reader.looksAt('(')) {
      const sum = this.#sum()
      if (sum) return sum
    }
    if (this.#isWord('[[')) {
      const text = this.#reader.until(']]')
      this.#advance()
      return { k: 'cond', test: parseCondition(text, parsed) }
    }
    if (this.#isWord('function')) {
      this.#advance()
      const name = this.#advance()
      if (name.t !== 'word' || name.literal === undefined) throw this.#unexpected()
      if (this.#isOp('(')) return this.#function(name.literal)
      this.#newlines()
      return { k: 'function', name: name.literal, body: this.#command() }
    }
    if (this.#isWord('select', 'coproc')) throw new SyntaxFault(`syntax error: ${(this.#token as { literal: string }).literal} is not modelled`)
    if (this.#isOp('(')) {
      this.#advance()
      const body = this.#list()
      if (!this.#isOp(')')) throw this.#unexpected()
      this.#advance()
      return { k: 'subshell', body }
    }
    if (this.#isWord('{')) {
      this.#advance()
      const body = this.#list()
      this.#expectWord('}')
      return { k: 'group', body }
    }
    if (this.#isWord('if')) return this.#if()
    if (this.#isWord('while', 'until')) {
      const until = this.#isWord('until')
      this.#advance()
      const condition = this.#list()
      return { k: 'while', until, condition, body: this.#doGroup() }
    }
    if (this.#isWord('for')) return this.#for()
    if (this.#isWord('case')) return this.#case()
    return undefined
  }

  /** `((…))`: an arithmetic command. */
  #sum(): ShellNode | undefined {
    const text = this.#reader.sum()
    if (text === undefined) return undefined
    this.#advance()
    return { k: 'sum', expression: { parts: this.#reader.quotedParts(text), bare: false } }
  }

  /** `for ((first; condition; step))` */
  #counting(): ShellNode {
    const text = this.#reader.sum()
    const pieces = text?.split(';')
    if (pieces?.length !== 3) throw new SyntaxFault('syntax error: bad for loop')
    this.#advance()
    if (this.#isOp(';')) this.#advance()
    const [first, condition, step] = pieces.map((piece): ShellNode => ({ k: 'sum', expression: { parts: this.#reader.quotedParts(piece.trim() === '' ? '1' : piece), bare: false } })) as [ShellNode, ShellNode, ShellNode]
    return { k: 'list', items: [first, { k: 'while', until: false, condition, body: this.#doGroup(), step } as const].map((node) => ({ node, background: false })) }
  }

  #doGroup(): ShellNode {
    this.#newlines()
    this.#expectWord('do')
    const body = this.#list()
    this.#expectWord('done')
    return body
  }

  #if(): ShellNode {
    const clauses: { condition: ShellNode; body: ShellNode }[] = []
    do {
      this.#advance()
      const condition = this.#list()
      this.#expectWord('then')
      clauses.push({ condition, body: this.#list() })
    } while (this.#isWord('elif'))
    let otherwise: ShellNode | undefined
    if (this.#isWord('else')) {
      this.#advance()
      otherwise = this.#list()
    }
    this.#expectWord('fi')
    return { k: 'if', clauses, ...(otherwise ? { otherwise } : {}) }
  }

  #for(): ShellNode {
    this.#advance()
    if (this.#isOp('(') && this.#reader.looksAt('(')) return this.#counting()
    const token = this.#advance()
    if (token.t !== 'word' || token.literal === undefined || !/^[A-Za-z_]\w*$/.test(token.literal)) throw new SyntaxFault('syntax error: bad for loop variable')
    this.#newlines()
    let words: Word[] | undefined
    if (this.#isWord('in')) {
      this.#advance()
      words = []
      while (this.#token.t === 'word') words.push((this.#advance() as { word: Word }).word)
    }
    if (this.#isOp(';')) this.#advance()
    return { k: 'for', name: token.literal, ...(words ? { words } : {}), body: this.#doGroup() }
  }

  #case(): ShellNode {
    this.#advance()
    const token = this.#advance()
    if (token.t !== 'word') throw this.#unexpected()
    this.#newlines()
    this.#expectWord('in')
    const items: { patterns: Word[]; body: ShellNode }[] = []
    for (;;) {
      this.#newlines()
      if (this.#isWord('esac')) break
      if (this.#isOp('(')) this.#advance()
      const patterns: Word[] = []
      do {
        if (patterns.length > 0) this.#advance()
        const pattern = this.#advance()
        if (pattern.t !== 'word') throw this.#unexpected()
        patterns.push(pattern.word)
      } while (this.#isOp('|'))
      if (!this.#isOp(')')) throw this.#unexpected()
      this.#advance()
      items.push({ patterns, body: this.#list() })
      if (this.#isOp(';;')) this.#advance()
    }
    this.#advance()
    return { k: 'case', word: token.word, items }
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = []
    while (this.#atRedirect()) this.#redirect(redirects)
    return redirects
  }

  #atRedirect(): boolean {
    return this.#isOp('<<<', '&>', '&>>', '<', '>', '>>', '>&', '<&', '<>', '>|', '<<', '<<-')
  }

  #redirect(into: Redirect[]): void {
    const { op, fd } = this.#advance() as { op: string; fd?: number }
    const target = this.#token
    if (target.t === 'op' && target.op === '(') throw new SyntaxFault('syntax error: process substitution is not modelled')
    if (target.t !== 'word') throw this.#unexpected()
    if (op === '&>' || op === '&>>') {
      into.push({ fd: 1, op: op === '&>' ? '>' : '>>', word: target.word }, { fd: 2, op: '>&', word: ONE })
      this.#advance()
      return
    }
    if (op === '<<<') {
      into.push({ fd: fd ?? 0, op: '<<', word: { parts: [...target.word.parts.map((part) => ({ ...part, quoted: true })), { p: 'text', s: '\n', quoted: true }], bare: false } })
      this.#advance()
      return
    }
    const at = into.length
    const isHere = op === '<<' || op === '<<-'
    into.push({ fd: fd ?? (op.startsWith('<') ? 0 : 1), op: isHere ? '<<' : op === '>|' ? '>' : (op as Redirect['op']), word: target.word })
    if (isHere) {
      const quoted = !target.word.bare
      const delimiter = target.word.parts.map((part) => (part.p === 'text' ? part.s : '')).join('')
      this.#heredocs.push({ strip: op === '<<-', delimiter, quoted, fill: (word) => (into[at] = { ...into[at]!, word }) })
    }
    this.#advance()
  }

  #readHeredocs(): void {
    for (const here of this.#heredocs.splice(0)) {
      const body = this.#reader.heredoc(here.delimiter, here.strip)
      const parts: readonly Part[] = here.quoted ? [{ p: 'text', s: body, quoted: true }] : this.#reader.quotedParts(body)
      here.fill({ parts, bare: false })
    }
    if (this.#reader.unfinished && this.#state) this.#state.open = true
  }

  #simple(): ShellNode {
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (;;) {
      if (this.#atRedirect()) {
        this.#redirect(redirects)
        continue
      }
      if (this.#token.t !== 'word') break
      const { word, literal } = this.#token
      if (words.length === 0 && assignments.length === 0 && redirects.length === 0 && literal !== undefined && ENDERS.has(literal)) throw this.#unexpected()
      const assigned = words.length === 0 ? asAssignment(word) : undefined
      this.#advance()
      if (assigned && assigned.value.parts.length === 0 && this.#isOp('(')) throw new SyntaxFault('syntax error: arrays are not modelled')
      if (words.length === 0 && literal !== undefined && /^[A-Za-z_]\w*\[[^\]]*\]\+?=/.test(literal)) throw new SyntaxFault('syntax error: arrays are not modelled')
      if (assigned) assignments.push(assigned)
      else words.push(word)
      if (words.length === 1 && this.#isOp('(') && literal !== undefined && redirects.length === 0) return this.#function(literal)
    }
    if (words.length === 0 && assignments.length === 0 && redirects.length === 0) throw this.#unexpected()
    return { k: 'simple', assignments, words, redirects }
  }

  #function(name: string): ShellNode {
    this.#advance()
    if (!this.#isOp(')')) throw this.#unexpected()
    this.#advance()
    this.#newlines()
    return { k: 'function', name, body: this.#command() }
  }
}
