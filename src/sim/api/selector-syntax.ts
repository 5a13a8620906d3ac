import { ErrorList, invalidValue } from './field.ts'
import { checkRequirement, EVERYTHING, type Operator, type Requirement, type Selector } from './labels.ts'
import { isQualifiedName } from './names.ts'

/**
 * The text syntax of label selectors, `a=b,c!=d,e in (x,y),!f,n>5` (apimachinery: labels, selector.go). Gives the
 * compiled selector, or Kubernetes' complaint as a text.
 */
export function parseSelector(text: string): Selector | string {
  if (text === '') return EVERYTHING
  const parser = new Parser(scan(text))
  const result = parser.all()
  if (typeof result === 'string') return result
  const requirements = [...result].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return requirements.length ? { requirements, nothing: false } : EVERYTHING
}

interface Token {
  readonly kind: 'id' | 'op' | 'end' | 'error'
  readonly text: string
}

const WORDS = new Set(['in', 'notin'])
const SYMBOLS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '('])
const isSymbol = (c: string): boolean => c !== '' && '=!(),><'.includes(c)
const isSpace = (c: string): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n'

function scan(text: string): readonly Token[] {
  const tokens: Token[] = []
  let i = 0
  while (i < text.length && text[i] !== '\0') {
    if (isSpace(text[i]!)) i++
    else if (isSymbol(text[i]!)) {
      const pair = text.slice(i, i + 2)
      const symbol = pair.length === 2 && SYMBOLS.has(pair) ? pair : text[i]!
      tokens.push({ kind: 'op', text: symbol })
      i += symbol.length
    } else {
      const start = i
      while (i < text.length && text[i] !== '\0' && !isSymbol(text[i]!) && !isSpace(text[i]!)) i++
      const word = text.slice(start, i)
      tokens.push({ kind: WORDS.has(word) ? 'op' : 'id', text: word })
    }
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

class Complaint {
  constructor(readonly text: string) {}
}

class Parser {
  #at = 0
  constructor(private readonly tokens: readonly Token[]) {}

  /** In the context of values, `in` and `notin` are plain identifiers. */
  #peek(values = true): Token {
    const t = this.tokens[Math.min(this.#at, this.tokens.length - 1)]!
    return values && t.kind === 'op' && WORDS.has(t.text) ? { kind: 'id', text: t.text } : t
  }

  #next(values = true): Token {
    const t = this.#peek(values)
    this.#at++
    return t
  }

  all(): readonly Requirement[] | string {
    const out: Requirement[] = []
    for (;;) {
      const t = this.#peek()
      if (t.kind === 'end') return out
      if (t.kind !== 'id' && t.text !== '!') return `found '${t.text}', expected: !, identifier, or 'end of string'`
      const r = this.#requirement()
      if (r instanceof Complaint) return `unable to parse requirement: ${r.text}`
      out.push(r)
      const after = this.#next()
      if (after.kind === 'end') return out
      if (after.text !== ',') return `found '${after.text}', expected: ',' or 'end of string'`
      const then = this.#peek()
      if (then.kind !== 'id' && then.text !== '!') return `found '${then.text}', expected: identifier after ','`
    }
  }

  #requirement(): Requirement | Complaint {
    let t = this.#next()
    const negated = t.kind === 'op' && t.text === '!'
    if (negated) t = this.#next()
    if (t.kind !== 'id') return new Complaint(`found '${t.text}', expected: identifier`)
    const bad = isQualifiedName(t.text)
    if (bad.length) return new Complaint(ErrorList.one(invalidValue('', t.text, bad.join('; '))))
    const key = t.text
    if (negated) return this.#checked({ key, operator: '!', values: [] })
    const ahead = this.#peek()
    if (ahead.kind === 'end' || ahead.text === ',') return this.#checked({ key, operator: 'exists', values: [] })
    const operator = this.#operator()
    if (operator instanceof Complaint) return operator
    const values = operator === 'in' || operator === 'notin' ? this.#set() : this.#single()
    if (values instanceof Complaint) return values
    return this.#checked({ key, operator, values: [...new Set(values)].sort() })
  }

  #checked(r: Requirement): Requirement | Complaint {
    const errors = checkRequirement(r)
    return errors.length ? new Complaint(ErrorList.text(errors)) : r
  }

  #operator(): Operator | Complaint {
    const t = this.#next(false)
    if (t.kind === 'op') {
      if (t.text === '>') return 'gt'
      if (t.text === '<') return 'lt'
      if (t.text === '=' || t.text === '==' || t.text === '!=' || t.text === 'in' || t.text === 'notin') return t.text
    }
    return new Complaint(`found '${t.text}', expected: in, notin, =, ==, !=, gt, lt`)
  }

  #single(): readonly string[] | Complaint {
    const ahead = this.#peek()
    if (ahead.kind === 'end' || ahead.text === ',') return ['']
    const t = this.#next()
    return t.kind === 'id' ? [t.text] : new Complaint(`found '${t.text}', expected: identifier`)
  }

  #set(): readonly string[] | Complaint {
    const open = this.#next()
    if (open.text !== '(') return new Complaint(`found '${open.text}' expected: '('`)
    const first = this.#peek()
    if (first.text === ')') {
      this.#next()
      return ['']
    }
    if (first.kind !== 'id' && first.text !== ',') return new Complaint(`found '${first.text}', expected: ',', ')' or identifier`)
    const values = this.#identifiers()
    if (values instanceof Complaint) return values
    return this.#next().text === ')' ? values : new Complaint(`found '${first.text}', expected: ')'`)
  }

  #identifiers(): readonly string[] | Complaint {
    const values: string[] = []
    for (;;) {
      const t = this.#next()
      const ahead = this.#peek()
      if (t.kind === 'id') {
        values.push(t.text)
        if (ahead.text === ')') return values
        if (ahead.text !== ',') return new Complaint(`found '${ahead.text}', expected: ',' or ')'`)
      } else if (t.text === ',') {
        if (values.length === 0) values.push('')
        if (ahead.text === ')') return [...values, '']
        if (ahead.text === ',') values.push('')
      } else return new Complaint(`found '${t.text}', expected: ',', or identifier`)
    }
  }
}
