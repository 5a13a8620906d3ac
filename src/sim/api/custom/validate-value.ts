import { child, invalidValue, notSupported, required, tooLong, tooMany, typeInvalid, type FieldError, type Path } from '../field.ts'
import { deepEqual } from '../deep.ts'
import type { JsonValue } from '../meta.ts'
import { badFormat, FORMAT_KNOWN } from './formats.ts'
import { additionalSchema, itemSchema, propertyNames, type JsonSchema } from './json-schema.ts'
import { numberProblems } from './validate-number.ts'
import { regexpFinds, regexpProblem } from './regexp.ts'

/**
 * Checks a value against a schema in the words of kube-openapi (pkg/validation/validate), as custom resources and
 * defaults in their schemas are checked. `at` is the place in the value, '' for the value itself.
 */
export interface Complaint {
  readonly at: string
  /** Makes the field error at a path. */
  error(path: Path): FieldError
}

interface Result {
  readonly found: Complaint[]
  /** How many checks passed: which alternative came nearest. */
  matches: number
}

type Plain = Readonly<Record<string, JsonValue | undefined>>
const isPlain = (v: JsonValue): v is Plain & { readonly [k: string]: JsonValue | undefined } => typeof v === 'object' && v !== null && !Array.isArray(v)

const kindOf = (v: JsonValue): string =>
  Array.isArray(v) ? 'array' : typeof v === 'object' ? 'object' : typeof v === 'number' ? (Number.isInteger(v) ? 'integer' : 'number') : typeof v

const bad = (at: string, value: unknown, words: string): Complaint => ({ at, error: (path) => invalidValue(path, value, words) })
const wrongType = (at: string, type: string, found: string): Complaint => ({ at, error: (path) => typeInvalid(path, found, `${at} in body must be of type ${type}: "${found}"`) })
/** A complaint that carries no place of its own: it stands at the root of the value. */
const loose = (words: string): Complaint => ({ at: '', error: (path) => invalidValue(path, '', words) })

const typesOf = (s: JsonSchema): readonly string[] => (s['x-kubernetes-int-or-string'] && !s.type ? ['integer', 'string'] : s.type ? [s.type] : [])

function typeCheck(v: JsonValue, s: JsonSchema, at: string): Complaint | undefined {
  const types = typesOf(s)
  if (v === null) return types.length > 0 && !types.includes('null') && !s.nullable ? wrongType(at, types.join(','), 'null') : undefined
  const format = formatOf(s)
  if (types.length === 0 && !format) return undefined
  const kind = kindOf(v)
  const fits = types.includes(kind) || (kind === 'integer' && types.includes('number'))
  const isText = kind === 'string' || kind === 'array'
  if (!isText && format && !fits) return wrongType(at, format, '')
  if (!types.includes('number') && !types.includes('integer') && format && isText) return undefined
  return fits ? undefined : wrongType(at, types.join(','), kind)
}

/** A format that is not known for the type is as none at all. */
function formatOf(s: JsonSchema): string {
  const format = s.format ?? ''
  if (!format) return ''
  if (!s.type || s.type === 'string') return FORMAT_KNOWN.has(format.replace(/-/g, '')) ? format : ''
  if (s.type === 'integer') return format === 'int32' || format === 'int64' ? format : ''
  return s.type === 'number' && (format === 'float' || format === 'double') ? format : ''
}

function textCheck(v: string, s: JsonSchema, at: string): Complaint | undefined {
  const length = [...v].length
  if (s.maxLength !== undefined && length > s.maxLength) return { at, error: (path) => tooLong(path, s.maxLength!) }
  if (s.minLength !== undefined && length < s.minLength) return bad(at, v, `${at} in body should be at least ${s.minLength} chars long`)
  if (!s.pattern) return undefined
  const problem = regexpProblem(s.pattern)
  if (problem) return bad(at, v, `${at} in body should match '${s.pattern}, but pattern is invalid: ${problem}'`)
  return regexpFinds(s.pattern, v) ? undefined : bad(at, v, `${at} in body should match '${s.pattern}'`)
}

function list(v: readonly JsonValue[], s: JsonSchema, at: string, out: Result): void {
  const items = itemSchema(s)
  if (items) v.forEach((item, i) => add(out, check(item, items, `${at}[${i}]`)))
  if (s.minItems !== undefined && v.length < s.minItems) out.found.push(bad(at, v.length, `${at} in body should have at least ${s.minItems} items`))
  if (s.maxItems !== undefined && v.length > s.maxItems) out.found.push({ at, error: (path) => tooMany(path, v.length, s.maxItems!) })
  if (s.uniqueItems && v.some((x, i) => v.slice(0, i).some((y) => deepEqual(x, y)))) out.found.push(bad(at, '', `${at} in body shouldn't contain duplicates`))
  out.matches++
}

function object(v: Plain, s: JsonSchema, at: string, out: Result): void {
  const keys = Object.keys(v).filter((k) => v[k] !== undefined).sort()
  const below = (key: string): string => (at ? `${at}.${key}` : key)
  const known = s.properties ?? {}
  if (s.minProperties !== undefined && keys.length < s.minProperties) out.found.push(bad(at, keys.length, `${at} in body should have at least ${s.minProperties} properties`))
  if (s.maxProperties !== undefined && keys.length > s.maxProperties) out.found.push({ at, error: (path) => tooMany(path, keys.length, s.maxProperties!) })
  if (s.additionalProperties === false) {
    for (const key of keys) if (!Object.hasOwn(known, key)) out.found.push(bad(at, key, `${at}.${key} in body is a forbidden property`))
  }
  const additional = additionalSchema(s)
  if (additional) for (const key of keys) if (!Object.hasOwn(known, key)) add(out, check(v[key]!, additional, `${at}.${key}`))
  for (const name of propertyNames(s.properties)) if (v[name] !== undefined && Object.hasOwn(v, name)) add(out, check(v[name], known[name]!, below(name)))
  for (const name of s.required ?? []) if (v[name] === undefined || !Object.hasOwn(v, name)) out.found.push({ at: `${at}.${name}`, error: (path) => required(path) })
}

const add = (out: Result, more: Result): void => {
  out.found.push(...more.found)
  out.matches += more.matches
}

/** The failures of the alternative that passed most checks. */
const nearest = (results: readonly Result[]): Result | undefined => results.reduce<Result | undefined>((best, r) => (!best || r.matches > best.matches ? r : best), undefined)

function logic(v: JsonValue, s: JsonSchema, at: string, out: Result): void {
  if (s.anyOf?.length) {
    const results = s.anyOf.map((x) => check(v, x, at))
    const good = results.find((r) => r.found.length === 0)
    if (!good) out.found.push(loose(`"${at}" must validate at least one schema (anyOf)`))
    add(out, good ?? nearest(results)!)
  }
  if (s.oneOf?.length) {
    const results = s.oneOf.map((x) => check(v, x, at))
    const good = results.filter((r) => r.found.length === 0)
    if (good.length !== 1) {
      const more = good.length === 0 ? 'Found none valid' : `Found ${good.length} valid alternatives`
      out.found.push(loose(`"${at}" must validate one and only one schema (oneOf). ${more}`))
      if (good.length === 0) add(out, nearest(results)!)
    } else add(out, good[0]!)
  }
  if (s.allOf?.length) {
    const results = s.allOf.map((x) => check(v, x, at))
    for (const r of results) add(out, r)
    const good = results.filter((r) => r.found.length === 0).length
    if (good !== results.length) out.found.push(loose(`"${at}" must validate all the schemas (allOf)${good === 0 ? '. None validated' : ''}`))
  }
  if (s.not && check(v, s.not, at).found.length === 0) out.found.push(loose(`"${at}" must not validate the schema (not)`))
  out.matches++
}

function check(v: JsonValue, s: JsonSchema, at: string): Result {
  const out: Result = { found: [], matches: 0 }
  const one = (complaint: Complaint | undefined): void => {
    if (complaint) out.found.push(complaint)
    out.matches++
  }
  one(typeCheck(v, s, at))
  if (v !== null) {
    logic(v, s, at, out)
    if (typeof v === 'string') {
      one(textCheck(v, s, at))
      const format = formatOf(s)
      if (format && badFormat(format, v)) out.found.push(wrongFormat(at, format, v))
    }
    if (typeof v === 'number') for (const words of numberProblems(v, s, at)) out.found.push(words.loose ? loose(words.text) : bad(at, v, words.text))
    if (Array.isArray(v)) list(v as readonly JsonValue[], s, at, out)
  }
  if (s.enum?.length && !s.enum.some((x) => x !== null && deepEqual(x, v))) {
    const values = s.enum.map((x) => (typeof x === 'string' ? x : JSON.stringify(x)))
    out.found.push({ at, error: (path) => notSupported(path, v, values) })
  }
  if (v !== null && isPlain(v)) object(v, s, at, out)
  return out
}

const wrongFormat = (at: string, format: string, v: string): Complaint => ({ at, error: (path) => typeInvalid(path, v, `${at} in body must be of type ${format}: "${v}"`) })

/** All complaints about a value, as field errors below a path (ValidateCustomResource). */
export function validateValue(v: JsonValue, s: JsonSchema, path: Path): readonly FieldError[] {
  return check(v, s, '').found.map((c) => {
    const place = c.at.replace(/^\./, '')
    return c.error(place ? child(path, place) : path)
  })
}
