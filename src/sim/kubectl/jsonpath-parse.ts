import type { JsonValue } from '../api/meta.ts'

export type PathNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly nodes: readonly PathNode[] }
  | { readonly kind: 'range'; readonly over: ListNode; readonly body: readonly PathNode[] }
  | { readonly kind: 'root' | 'current' | 'wildcard' | 'recursive' }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'slice'; readonly single: boolean; readonly from?: number; readonly to?: number; readonly by?: number }
  | { readonly kind: 'union'; readonly parts: readonly ListNode[] }
  | { readonly kind: 'filter'; readonly left: ListNode; readonly operator: string; readonly right?: ListNode }
  | { readonly kind: 'literal'; readonly value: JsonValue }
export type ListNode = Extract<PathNode, { kind: 'list' }>

class Complaint {
  constructor(readonly text: string) {}
}

/** Parses a JSONPath template; gives the complaint as a text where it does not parse. */
export function parseJsonPath(template: string): readonly PathNode[] | string {
  try {
    return new Parser(template).template()
  } catch (thrown) {
    if (thrown instanceof Complaint) return thrown.text
    throw thrown
  }
}

const give = (text: string): never => {
  throw new Complaint(text)
}

class Parser {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Texts and {…}; `{range}` opens a list that `{end}` closes. */
  template(): readonly PathNode[] {
    const stack: { over: ListNode | undefined; body: PathNode[] }[] = [{ over: undefined, body: [] }]
    while (this.#at < this.#text.length) {
      const open = this.#text.indexOf('{', this.#at)
      const text = this.#text.slice(this.#at, open < 0 ? undefined : open)
      if (text) stack.at(-1)!.body.push({ kind: 'text', text })
      if (open < 0) break
      this.#at = open + 1
      this.#action(stack)
    }
    // A range without an end goes on to the end of the template.
    while (stack.length > 1) {
      const open = stack.pop()!
      stack.at(-1)!.body.push({ kind: 'range', over: open.over!, body: open.body })
    }
    return stack[0]!.body
  }

  #action(stack: { over: ListNode | undefined; body: PathNode[] }[]): void {
    this.#spaces()
    if (this.#word('range')) {
      stack.push({ over: this.#expression('}'), body: [] })
      return
    }
    if (this.#word('end')) {
      this.#expect('}')
      const done = stack.pop()!
      if (!done.over) give('not in range, nothing to end')
      stack.at(-1)!.body.push({ kind: 'range', over: done.over!, body: done.body })
      return
    }
    const list = this.#expression('}')
    if (list.nodes.length === 1 && list.nodes[0]!.kind === 'literal') stack.at(-1)!.body.push({ kind: 'text', text: String(list.nodes[0]!.value) })
    else stack.at(-1)!.body.push(list)
  }

  #word(word: string): boolean {
    const rest = this.#text.slice(this.#at)
    if (!rest.startsWith(word) || !/^[\s}.]/.test(rest.slice(word.length))) return false
    this.#at += word.length
    return true
  }

  #spaces(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #expect(c: string): void {
    this.#spaces()
    if (this.#text[this.#at] !== c) give('unclosed action')
    this.#at++
  }

  /** A path up to `close`, which is consumed. */
  #expression(close: string): ListNode {
    const list = this.#path(close)
    this.#expect(close)
    return list
  }

  #path(stops: string): ListNode {
    const nodes: PathNode[] = []
    for (;;) {
      this.#spaces()
      const c = this.#text[this.#at]
      if (c === undefined) return give('unclosed action')
      if (stops.includes(c)) return { kind: 'list', nodes }
      this.#at++
      if (c === '$') nodes.push({ kind: 'root' })
      else if (c === '@') nodes.push({ kind: 'current' })
      else if (c === '*') nodes.push({ kind: 'wildcard' })
      else if (c === '"' || c === "'") nodes.push({ kind: 'literal', value: this.#quoted(c) })
      else if (c === '[') nodes.push(this.#brackets())
      else if (c === '.') this.#dot(nodes)
      else if (/[-+0-9]/.test(c) && nodes.length === 0) nodes.push(this.#number())
      else if (/[A-Za-z_]/.test(c)) {
        this.#at--
        const name = this.#identifier()
        if (nodes.length === 0 && (name === 'true' || name === 'false')) nodes.push({ kind: 'literal', value: name === 'true' })
        else if (nodes.length === 0) give(`unrecognized identifier ${name}`)
        else nodes.push({ kind: 'field', name })
      } else give(`unrecognized character in action: U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${c}'`)
    }
  }

  #dot(nodes: PathNode[]): void {
    const c = this.#text[this.#at]
    if (c === '.') {
      this.#at++
      nodes.push({ kind: 'recursive' })
      if (/[^[\s}).]/.test(this.#text[this.#at] ?? '}')) {
        if (this.#text[this.#at] === '*') {
          this.#at++
          nodes.push({ kind: 'wildcard' })
        } else nodes.push({ kind: 'field', name: this.#identifier() })
      }
    } else if (c === '*') {
      this.#at++
      nodes.push({ kind: 'wildcard' })
    } else if (c !== undefined && !/[\s[}]/.test(c)) nodes.push({ kind: 'field', name: this.#identifier() })
  }

  /** A field name: everything up to a delimiter; a backslash keeps the next character. */
  #identifier(): string {
    let name = ''
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at]!
      if (c === '\\') {
        name += this.#text[this.#at + 1] ?? ''
        this.#at += 2
      } else if (/[\s.,[\]${}()@=!<>|&'"]/.test(c)) break
      else {
        name += c
        this.#at++
      }
    }
    return name
  }

  #number(): PathNode {
    this.#at--
    const found = /^[-+]?\d+(\.\d+)?/.exec(this.#text.slice(this.#at))
    if (!found) return give(`cannot parse number ${this.#text.slice(this.#at, this.#at + 1)}`)
    this.#at += found[0].length
    return { kind: 'literal', value: Number(found[0]) }
  }

  #quoted(quote: string): string {
    let out = ''
    for (;;) {
      const c = this.#text[this.#at++]
      if (c === undefined) return give('unterminated quoted string')
      if (c === quote) return out
      if (c !== '\\') out += c
      else {
        const next = this.#text[this.#at++] ?? ''
        out += next === 'n' ? '\n' : next === 't' ? '\t' : next === 'r' ? '\r' : next
      }
    }
  }

  #brackets(): PathNode {
    this.#spaces()
    const c = this.#text[this.#at]
    if (c === '?') return this.#filter()
    const end = this.#closing()
    const inner = this.#text.slice(this.#at, end).trim()
    if (inner === '*') return this.#past(end, { kind: 'wildcard' })
    const slice = /^(-?\d+)?(?::(-?\d+)?(?::(-?\d+)?)?)?$/.exec(inner)
    if (slice && inner !== '') {
      const n = (t: string | undefined): number | undefined => (t === undefined ? undefined : Number(t))
      return this.#past(end, { kind: 'slice', single: !inner.includes(':'), from: n(slice[1]), to: n(slice[2]), by: n(slice[3]) })
    }
    const parts: ListNode[] = []
    for (;;) {
      this.#spaces()
      const q = this.#text[this.#at]
      if (q === '"') give(`invalid array index ${inner.split(',')[0]!}`)
      if (q === "'") {
        this.#at++
        parts.push({ kind: 'list', nodes: [{ kind: 'field', name: this.#quoted(q) }] })
      } else {
        const list = this.#path(',]')
        const first = list.nodes[0]
        parts.push(list.nodes.length === 1 && first?.kind === 'literal' ? { kind: 'list', nodes: [{ kind: 'slice', single: true, from: Number(first.value) }] } : list)
      }
      this.#spaces()
      const next = this.#text[this.#at++]
      if (next === ']') return parts.length === 1 ? (parts[0]!.nodes.length === 1 ? parts[0]!.nodes[0]! : parts[0]!) : { kind: 'union', parts }
      if (next !== ',') give(`invalid array index ${inner}`)
    }
  }

  #closing(): number {
    const end = this.#text.indexOf(']', this.#at)
    return end < 0 ? give('unterminated array') : end
  }

  #past(end: number, node: PathNode): PathNode {
    this.#at = end + 1
    return node
  }

  #filter(): PathNode {
    this.#at++
    this.#expect('(')
    const left = this.#path('=!<>)')
    this.#spaces()
    const found = /^(==|!=|<=|>=|<|>|=~|\))/.exec(this.#text.slice(this.#at))
    if (!found) return give(`unrecognized filter`)
    if (found[0] === ')') {
      this.#at++
      this.#expect(']')
      return { kind: 'filter', left, operator: 'exists' }
    }
    this.#at += found[0].length
    if (found[0] === '=~') give('unrecognized filter operator =~: regular expressions are not supported')
    const right = this.#path(')')
    this.#at++
    this.#expect(']')
    return { kind: 'filter', left, operator: found[0], right }
  }
}
