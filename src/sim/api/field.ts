import type { StatusCause } from './status.ts'

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTypeInvalid'
  | 'FieldValueTooShort'
  | 'InternalError'

const WORDS: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueTooShort: 'Too short',
  InternalError: 'Internal error',
}
const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueRequired', 'FieldValueForbidden', 'FieldValueTooLong', 'FieldValueTooShort', 'InternalError',
])

/** One refusal of one field (apimachinery: util/validation/field, errors.go). `body` is the message without the path. */
export interface FieldError {
  readonly type: FieldErrorType
  readonly field: string
  readonly body: string
}

/** A path in Kubernetes' notation, e.g. `spec.containers[0].name`, `metadata.labels[a/b]`. Plain text; '' is the root. */
export type Path = string
export const child = (path: Path, name: string): Path => (!writing ? path : path ? `${path}.${name}` : name)
export const at = (path: Path, index: number | string): Path => (writing ? `${path}[${index}]` : path)

/** Are paths written down? Not while `findings` asks for the first time. */
let writing = true

/**
 * What `check` finds. Nearly always that is nothing, and writing down the paths of fields that are in order takes longer than
 * looking at them: so it is asked without paths first, and once more with them where it has found something. It may not
 * go by a path, nor keep what it found. What it looks at is passed on, so that no function is made for each look.
 */
export function findings<T, A, B, C>(check: (a: A, b: B, c: C) => readonly T[], a: A, b: B, c: C): readonly T[] {
  if (!writing) return check(a, b, c)
  writing = false
  let found
  try {
    found = check(a, b, c)
  } finally {
    writing = true
  }
  return found.length === 0 ? found : check(a, b, c)
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\', '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\v': '\\v' }
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /["\\\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Go's `%q`: like JSON, but control characters as \x07, and unprintable ones as \u00a0. */
export function goQuote(text: string): string {
  return `"${text.replace(UNPRINTABLE, (c) => {
    const short = SHORT[c]
    if (short) return short
    const code = c.charCodeAt(0)
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })}"`
}

const HTML = /[<>&\u2028\u2029]/g

/** Go's encoding/json writes these characters as escapes. */
export const escapeHtml = (json: string): string => json.replace(HTML, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The value part of a message: strings quoted, numbers and booleans bare, the rest as compact JSON. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'object') return escapeHtml(JSON.stringify(value))
  return String(value)
}

/** For `invalid(path, OMIT, detail)`: the message leaves the value out. */
export const OMIT: unique symbol = Symbol('omit')

function error(type: FieldErrorType, field: Path, value: unknown, detail: string): FieldError {
  const word = WORDS[type]
  const head = value === OMIT || WITHOUT_VALUE.has(type) ? word : `${word}: ${valueText(value)}`
  return { type, field: field || '<nil>', body: detail ? `${head}: ${detail}` : head }
}

export const required = (field: Path, detail = ''): FieldError => error('FieldValueRequired', field, OMIT, detail)
export const invalidValue = (field: Path, value: unknown, detail = ''): FieldError => error('FieldValueInvalid', field, value, detail)
export const typeInvalid = (field: Path, value: unknown, detail = ''): FieldError => error('FieldValueTypeInvalid', field, value, detail)
export const duplicate = (field: Path, value: unknown): FieldError => error('FieldValueDuplicate', field, value, '')
export const notFoundValue = (field: Path, value: unknown): FieldError => error('FieldValueNotFound', field, value, '')
export const forbiddenField = (field: Path, detail: string): FieldError => error('FieldValueForbidden', field, OMIT, detail)
export const internalFieldError = (field: Path, detail: string): FieldError => error('InternalError', field, OMIT, detail)

/** `valid` in the order in which Kubernetes lists them (sorted for sets). */
export const notSupported = (field: Path, value: unknown, valid: readonly string[]): FieldError =>
  error('FieldValueNotSupported', field, value, valid.length ? `supported values: ${valid.map((v) => goQuote(v)).join(', ')}` : '')

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`
export const tooLong = (field: Path, max: number): FieldError =>
  error('FieldValueTooLong', field, OMIT, max >= 0 ? `may not be more than ${count(max, 'byte')}` : 'value is too long')
export const tooLongCharacters = (field: Path, max: number): FieldError =>
  error('FieldValueTooLong', field, OMIT, `may not be more than ${count(max, 'character')}`)
export const tooMany = (field: Path, actual: number, max: number): FieldError =>
  error('FieldValueTooMany', field, actual < 0 ? OMIT : actual, `must have at most ${count(max, 'item')}`)
export const tooFew = (field: Path, actual: number, min: number): FieldError =>
  error('FieldValueTooFew', field, actual < 0 ? OMIT : actual, `must have at least ${count(min, 'item')}`)
export const tooShort = (field: Path, min: number): FieldError =>
  error('FieldValueTooShort', field, OMIT, `must be at least ${count(min, 'character')}`)

export const NO_ERRORS: readonly FieldError[] = Object.freeze([])

/** How several field errors read together (apimachinery: util/errors, Aggregate). */
export const ErrorList = {
  one: (e: FieldError): string => `${e.field}: ${e.body}`,
  text(errors: readonly FieldError[]): string {
    const said = new Set<string>()
    for (const e of errors) said.add(ErrorList.one(e))
    const texts = [...said]
    return texts.length === 1 ? texts[0]! : texts.length ? `[${texts.join(', ')}]` : ''
  },
  cause: (e: FieldError): StatusCause => ({ reason: e.type, message: e.body, field: e.field }),
}
