import { parseTime } from '../../engine/time.ts'
import { markEmpty } from '../empties.ts'
import type { JsonValue, KubeObject } from '../meta.ts'
import { decodeScalar, goTypeOf, wordFor, zeroOf } from './decode-scalar.ts'
import { definition, type Definition, type FieldSchema, type TypeNode } from './schema.ts'

/** What decoding gave: the object in the form in which Kubernetes would print it, or the first type error. */
export interface Decoded {
  readonly value: JsonValue
  /** Go's words for the first member of a wrong type, e.g. "json: cannot unmarshal string into Go struct field …". */
  readonly error?: string
  /** Paths of members that the kind does not have, e.g. `spec.foo`; they are dropped from `value`. */
  readonly unknown: readonly string[]
}

/** Where decoding is: the struct's Go name, the path in Go's words and in Kubernetes'. */
interface State {
  error: string | undefined
  unknown: string[]
  /** Objects that decode to themselves are settled from now on. */
  readonly remember: boolean
}
/** For parts that the decoder makes itself. */
const alone = (): State => ({ error: undefined, unknown: [], remember: false })
type Plain = Readonly<Record<string, JsonValue | undefined>>

/** Objects known to decode to themselves, by the definition they were decoded with. */
const settled = new WeakMap<object, string>()

/**
 * Decodes plain data as a definition, as Go's decoder and encoder do in turn: nulls and empty optional members vanish,
 * members that are always printed appear, quantities and times become canonical, unknown members are dropped and
 * named. The same reference comes back where nothing changes; immutable parts that were to be remembered cost nothing when
 * they come again (`remember`: worth it for parts of stored objects that patches leave alone, not for what is sent once).
 */
export function decode(def: Definition, input: JsonValue, remember = false): Decoded {
  const state: State = { error: undefined, unknown: [], remember }
  const value = struct(def, input, '', '', state)
  return { value, error: state.error, unknown: state.unknown }
}

/** Decodes a whole object; `gvk` must be that of `def`. */
export const decodeObject = (def: Definition, input: KubeObject): Decoded & { readonly value: JsonValue } => decode(def, input as unknown as JsonValue)

function struct(def: Definition, input: JsonValue, goPath: string, path: string, state: State): JsonValue {
  const obj = input as Plain
  if (settled.get(obj) === def.name) return input
  const before = state.unknown.length
  const failed = state.error
  let out: Record<string, JsonValue> | undefined
  const copy = (): Record<string, JsonValue> => (out ??= { ...(obj as Record<string, JsonValue>) })
  for (const key in obj) {
    const raw = obj[key]
    if (raw === undefined) {
      delete copy()[key]
      continue
    }
    const field = def.fields.get(key)
    const here = path ? `${path}.${key}` : key
    if (!field) {
      state.unknown.push(here)
      delete copy()[key]
      continue
    }
    const goHere = `${goPath ? `${goPath}.` : ''}${field.inline ? `${field.inline}.` : ''}${key}`
    const next = member(field, raw, def.name, goHere, here, state)
    if (next === undefined) delete copy()[key]
    else if (next !== raw) copy()[key] = next
    if (next !== raw && (next === undefined || next === null) && isEmptyCollection(raw)) markEmpty(copy(), key)
  }
  for (const key of def.always) {
    if (obj[key] !== undefined) continue
    copy()[key] = zeroOf(def.fields.get(key)!.type)
  }
  if (!out) {
    if (state.remember && state.unknown.length === before && state.error === failed) settled.set(obj, def.name)
    return input
  }
  for (const key of def.always) {
    const value = out[key]
    const type = def.fields.get(key)!.type
    if (value !== undefined && type.k === 'ref' && isPlain(value)) out[key] = struct(definition(type.ref)!, value, '', '', alone())
  }
  if (state.remember && state.unknown.length === before && state.error === failed) settled.set(out, def.name)
  return out
}

/** A field's value, or undefined where it is not printed. */
function member(field: FieldSchema, raw: JsonValue, owner: string, goPath: string, path: string, state: State): JsonValue | undefined {
  if (raw === null) return field.always ? zeroOf(field.type) : undefined
  const value = typed(field.type, raw, field, owner, goPath, path, state)
  // What is stored knows no empty lists, only absent ones.
  if (field.always) return field.type.k === 'list' && (value as readonly JsonValue[] | null)?.length === 0 ? null : value
  if (value === null) return undefined
  if (field.pointer) return value
  return isZero(field.type, value) ? undefined : value
}

function typed(type: TypeNode, raw: JsonValue, field: FieldSchema, owner: string, goPath: string, path: string, state: State): JsonValue {
  const mismatch = (): JsonValue => {
    state.error ??= `json: cannot unmarshal ${wordFor(raw)} into Go struct field ${owner.split('.').pop()}.${goPath} of type ${goTypeOf(type, field)}`
    return zeroOf(type)
  }
  switch (type.k) {
    case 'any':
      return raw
    case 'ref': {
      if (!isPlain(raw)) return raw === null ? {} : mismatch()
      const def = definition(type.ref)
      return def ? struct(def, raw, goPath, path, state) : raw
    }
    case 'list': {
      if (!Array.isArray(raw)) return mismatch()
      const list = raw as readonly JsonValue[]
      let out: JsonValue[] | undefined
      for (let i = 0; i < list.length; i++) {
        const item = list[i]!
        const next = item === null ? zeroItem(type.of) : typed(type.of, item, field, owner, goPath, `${path}[${i}]`, state)
        if (next !== item) (out ??= list.slice())[i] = next
      }
      return out ?? raw
    }
    case 'map': {
      if (!isPlain(raw)) return mismatch()
      let out: Record<string, JsonValue> | undefined
      for (const key in raw) {
        const item = raw[key]
        const next = item === null || item === undefined ? zeroItem(type.of) : typed(type.of, item, field, owner, goPath, `${path}.${key}`, state)
        if (next !== item) (out ??= { ...(raw as Record<string, JsonValue>) })[key] = next
      }
      return out ?? raw
    }
    default: {
      const result = decodeScalar(type.k, raw)
      if ('value' in result) return result.value
      if (result.problem === undefined) return mismatch()
      state.error ??= result.literal
        ? `json: cannot unmarshal ${result.problem} into Go struct field ${owner.split('.').pop()}.${goPath} of type ${goTypeOf(type, field)}`
        : result.problem
      return zeroOf(type)
    }
  }
}

/** A null among list items or map values becomes the zero of its type. */
function zeroItem(type: TypeNode): JsonValue {
  if (type.k !== 'ref') return type.k === 'q' ? '0' : zeroOf(type)
  const def = definition(type.ref)
  return def ? struct(def, {}, '', '', alone()) : {}
}

function isEmptyCollection(raw: JsonValue): boolean {
  if (Array.isArray(raw)) return raw.length === 0
  if (!isPlain(raw)) return false
  for (const _key in raw) return false
  return true
}

const isPlain = (value: JsonValue): value is Plain & { readonly [key: string]: JsonValue | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isZero(type: TypeNode, value: JsonValue): boolean {
  switch (type.k) {
    case 'list':
      return (value as readonly JsonValue[]).length === 0
    case 'map':
    case 'ref':
      for (const _key in value as object) return false
      return true
    case 's':
    case 'bytes':
      return value === ''
    case 'b':
      return value === false
    case 'i32':
    case 'i64':
    case 'n':
      return value === 0
    case 't':
    case 'mt':
      return value === null || parseTime(value as string) === undefined
    default:
      return false
  }
}
