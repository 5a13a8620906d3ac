import { goQuote } from './field.ts'
import type { JsonValue } from './meta.ts'

export type Parsed = { readonly value: JsonValue; readonly complaints: readonly string[] } | { readonly error: string }

/** How deep a body may nest; Go stops at 10,000, this stack earlier. */
const MAX_DEPTH = 1000
const WHITE = new Set([' ', '\t', '\n', '\r'])

class Refused extends Error {}

/** Go's quoting of the character that does not fit. */
const named = (c: string): string => (c === "'" ? `'\\''` : c === '"' ? `'"'` : `'${c < ' ' ? goEscape(c) : c}'`)
const goEscape = (c: string): string => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b', '\f': '\\f' })[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`

/**
 * Reads JSON as Go does: its words for what does not fit, the last of equal members wins and the path of each is told
 * (`data.a`, `items[0].b`). Members called `__proto__` are members like others.
 */
export function parseJson(text: string): Parsed {
  const reader = new Reader(text)
  try {
    const value = reader.document()
    return { value, complaints: reader.duplicates.map((path) => `duplicate field ${goQuote(path)}`) }
  } catch (reason) {
    if (reason instanceof Refused) return { error: reason.message }
    throw reason
  }
}

class Reader {
  readonly duplicates: string[] = []
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonValue {
    const value = this.#value('', 0)
    this.#skip()
    if (this.#at < this.#text.length) this.#refuse('after top-level value')
    return value
  }

  #skip(): void {
    while (WHITE.has(this.#text[this.#at]!)) this.#at++
  }

  #refuse(where: string): never {
    const c = this.#text[this.#at]
    throw new Refused(c === undefined ? 'unexpected end of JSON input' : `invalid character ${named(c)} ${where}`)
  }

  #value(path: string, depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new Refused('exceeded max depth')
    this.#skip()
    const c = this.#text[this.#at]
    if (c === '{') return this.#object(path, depth)
    if (c === '[') return this.#list(path, depth)
    if (c === '"') return this.#string()
    if (c === '-' || (c !== undefined && c >= '0' && c <= '9')) return this.#number()
    for (const [word, value] of [['true', true], ['false', false], ['null', null]] as const) if (c === word[0]) return this.#literal(word, value)
    return this.#refuse('looking for beginning of value')
  }

  #literal(word: string, value: JsonValue): JsonValue {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text[this.#at] !== word[i]) this.#refuse(`in literal ${word} (expecting ${named(word[i]!)})`)
    }
    return value
  }

  #number(): number {
    const found = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    found.lastIndex = this.#at
    const match = found.exec(this.#text)
    if (!match) {
      this.#at++
      return this.#refuse('in numeric literal')
    }
    this.#at += match[0].length
    return Number(match[0])
  }

  #string(): string {
    const from = ++this.#at
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined || c < ' ') this.#refuse('in string literal')
      if (c === '"') break
      if (c === '\\') {
        const next = this.#text[++this.#at]
        if (next === undefined || !'"\\/bfnrtu'.includes(next)) this.#refuse('in string escape code')
        if (next === 'u') {
          for (let i = 0; i < 4; i++) if (!/[0-9a-fA-F]/.test(this.#text[++this.#at] ?? '')) this.#refuse('in \\u hexadecimal character escape')
        }
      }
      this.#at++
    }
    const raw = this.#text.slice(from, this.#at++)
    return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
  }

  #list(path: string, depth: number): JsonValue {
    const out: JsonValue[] = []
    this.#at++
    this.#skip()
    if (this.#text[this.#at] === ']') {
      this.#at++
      return out
    }
    for (;;) {
      out.push(this.#value(`${path}[${out.length}]`, depth + 1))
      this.#skip()
      const c = this.#text[this.#at]
      if (c !== ',' && c !== ']') this.#refuse('after array element')
      this.#at++
      if (c === ']') return out
    }
  }

  #object(path: string, depth: number): JsonValue {
    const out: Record<string, JsonValue> = {}
    this.#at++
    this.#skip()
    if (this.#text[this.#at] === '}') {
      this.#at++
      return out
    }
    for (;;) {
      this.#skip()
      if (this.#text[this.#at] !== '"') this.#refuse('looking for beginning of object key string')
      const key = this.#string()
      this.#skip()
      if (this.#text[this.#at] !== ':') this.#refuse('after object key')
      this.#at++
      const here = path ? `${path}.${key}` : key
      if (Object.hasOwn(out, key)) this.duplicates.push(here)
      const value = this.#value(here, depth + 1)
      Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
      this.#skip()
      const c = this.#text[this.#at]
      if (c !== ',' && c !== '}') this.#refuse('after object key:value pair')
      this.#at++
      if (c === '}') return out
    }
  }
}
