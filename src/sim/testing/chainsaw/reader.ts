import type { JsonObject, JsonValue } from '../../api/meta.ts'
import type { Micros } from '../../engine/time.ts'
import { parseDuration } from './duration.ts'

/** The test file is not what Chainsaw takes. The message names the place and what was expected. */
export class TestFileError extends Error {
  override readonly name = 'TestFileError'
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A node of the test file with its path, so that whoever reads a field says where it stands when it is wrong. */
export class Reader {
  readonly value: JsonObject
  readonly path: string

  constructor(value: JsonValue | undefined, path: string) {
    if (!isObject(value)) throw new TestFileError(`${path}: a mapping was expected`)
    this.value = value
    this.path = path
  }

  has(key: string): boolean {
    return this.value[key] !== undefined && this.value[key] !== null
  }

  fail(key: string, expected: string): never {
    throw new TestFileError(`${this.path ? `${this.path}.` : ''}${key}: ${expected} was expected`)
  }

  child(key: string): Reader {
    return new Reader(this.value[key], this.at(key))
  }

  /** The child, or an empty one where there is none. */
  maybe(key: string): Reader {
    return new Reader(this.has(key) ? this.value[key] : {}, this.at(key))
  }

  at(key: string): string {
    return this.path ? `${this.path}.${key}` : key
  }

  text(key: string): string | undefined {
    const value = this.value[key]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return typeof value === 'string' ? value : this.fail(key, 'a string')
  }

  needText(key: string): string {
    return this.text(key) ?? this.fail(key, 'a string')
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.value[key]
    if (value === undefined || value === null) return otherwise
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false')
  }

  duration(key: string): Micros | undefined {
    const text = this.text(key)
    return text === undefined ? undefined : (parseDuration(text) ?? this.fail(key, 'a duration such as 30s'))
  }

  /** The items of a list, each with its path; empty where there is none. */
  list(key: string): readonly { readonly value: JsonValue; readonly path: string }[] {
    const value = this.value[key]
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) return this.fail(key, 'a list')
    return (value as readonly JsonValue[]).map((item, i) => ({ value: item, path: `${this.at(key)}[${i}]` }))
  }

  readers(key: string): readonly Reader[] {
    return this.list(key).map(({ value, path }) => new Reader(value, path))
  }

  strings(key: string): readonly string[] {
    return this.list(key).map(({ value }) => (typeof value === 'string' ? value : String(value)))
  }

  map(key: string): Readonly<Record<string, string>> {
    const out: Record<string, string> = {}
    if (this.has(key)) for (const [name, value] of Object.entries(this.child(key).value)) out[name] = String(value)
    return out
  }

  /** Throws when a field stands here that is none of `known`. */
  only(known: readonly string[]): void {
    for (const key of Object.keys(this.value))
      if (!known.includes(key)) throw new TestFileError(`${this.at(key)}: unknown field; known here are ${known.join(', ')}`)
  }
}
