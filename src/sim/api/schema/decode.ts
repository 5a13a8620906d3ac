import { parseTime } from '../../engine/time.ts'
import { markEmpty } from '../empties.ts'
import type { JsonValue, KubeObject } from '../meta.ts'
import { roomyCopy } from '../share.ts'
import { decodeScalar, goTypeOf, Unfit, wordFor, zeroOf } from './decode-scalar.ts'
import { definition, type Definition, type FieldSchema, type TypeNode } from './schema.ts'

/** What decoding gave: the object in the form in which Kubernetes would print it, or the first type error. */
export interface Decoded {
  readonly value: JsonValue
  /** Go's words for the first member of a wrong type, e.g. "json: cannot unmarshal string into Go struct field …". */
  readonly error?: string
  /** Paths of members that the kind does not have, e.g. `spec.foo`; they are dropped from `value`. */
  readonly unknown: readonly string[]
}

/** What decoding has found so far, and where it is: members, list indexes and map keys from the root on. Paths are written only for complaints. */
interface State {
  error: string | undefined
  readonly unknown: string[]
  readonly way: (FieldSchema | number | string)[]
  /** Objects that decode to themselves are settled from now on. */
  readonly remember: boolean
}

const begin = (remember = false): State => ({ error: undefined, unknown: [], way: [], remember })

/** The path in Kubernetes' words, e.g. `spec.containers[0].name`. */
function pathOf(way: State['way']): string {
  const text = way.map((step) => (typeof step === 'number' ? `[${step}]` : `.${typeof step === 'string' ? step : step.name}`)).join('')
  return text.slice(1)
}

/** The path in Go's words: of fields only, with the structs that they are inlined from. */
const goPathOf = (way: State['way']): string =>
  way.filter((step) => typeof step === 'object').map(({ name, inline }) => (inline ? `${inline}.${name}` : name)).join('.')

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
  const state = begin(remember)
  const value = struct(def, input, state)
  return { value, error: state.error, unknown: state.unknown }
}

/** Decodes a whole object; `gvk` must be that of `def`. */
export const decodeObject = (def: Definition, input: KubeObject): Decoded & { readonly value: JsonValue } => decode(def, input as unknown as JsonValue)

function struct(def: Definition, input: JsonValue, state: State): JsonValue {
  const obj = input as Plain
  if (settled.get(obj) === def.name) return input
  const before = state.unknown.length
  const failed = state.error
  let out: Record<string, JsonValue> | undefined
  for (const key in obj) {
    const raw = obj[key]
    const field = def.fields.get(key)
    if (raw === undefined || !field) {
      if (raw !== undefined) state.unknown.push(pathOf([...state.way, key]))
      delete (out ??= copyOf(obj))[key]
      continue
    }
    state.way.push(field)
    const next = member(field, raw, def.name, state)
    state.way.pop()
    if (next === raw) continue
    out ??= copyOf(obj)
    if (next === undefined) delete out[key]
    else out[key] = next
    if ((next === undefined || next === null) && isEmptyCollection(raw)) markEmpty(out, key)
  }
  for (const key of def.always) {
    if (obj[key] === undefined) (out ??= copyOf(obj))[key] = zeroOf(def.fields.get(key)!.type)
  }
  if (state.remember && state.unknown.length === before && state.error === failed) settled.set(out ?? obj, def.name)
  return out ?? input
}

const copyOf = (obj: Plain): Record<string, JsonValue> => roomyCopy(obj as Readonly<Record<string, JsonValue>>)

/** A field's value, or undefined where it is not printed. */
function member(field: FieldSchema, raw: JsonValue, owner: string, state: State): JsonValue | undefined {
  if (raw === null) return field.always ? zeroOf(field.type) : undefined
  const value = typed(field.type, raw, field, owner, state)
  // What is stored knows no empty lists, only absent ones.
  if (field.always) return field.type.k === 'list' && (value as readonly JsonValue[] | null)?.length === 0 ? null : value
  if (value === null) return undefined
  if (field.pointer) return value
  return isZero(field.type, value) ? undefined : value
}

function typed(type: TypeNode, raw: JsonValue, field: FieldSchema, owner: string, state: State): JsonValue {
  switch (type.k) {
    case 'any':
      return raw
    case 'ref': {
      if (!isPlain(raw)) return raw === null ? {} : unfit(type, wordFor(raw), field, owner, state)
      const def = definition(type.ref)
      return def ? struct(def, raw, state) : raw
    }
    case 'list': {
      if (!Array.isArray(raw)) return unfit(type, wordFor(raw), field, owner, state)
      const list = raw as readonly JsonValue[]
      let out: JsonValue[] | undefined
      for (let i = 0; i < list.length; i++) {
        const item = list[i]!
        const next = item === null ? zeroItem(type.of) : itemOf(type.of, i, item, field, owner, state)
        if (next !== item) (out ??= list.slice())[i] = next
      }
      return out ?? raw
    }
    case 'map': {
      if (!isPlain(raw)) return unfit(type, wordFor(raw), field, owner, state)
      let out: Record<string, JsonValue> | undefined
      for (const key in raw) {
        const item = raw[key]
        const next = item === null || item === undefined ? zeroItem(type.of) : itemOf(type.of, key, item, field, owner, state)
        if (next !== item) (out ??= { ...(raw as Record<string, JsonValue>) })[key] = next
      }
      return out ?? raw
    }
    default: {
      const value = decodeScalar(type.k, raw)
      if (!(value instanceof Unfit)) return value
      if (value.problem === undefined || value.literal) return unfit(type, value.problem ?? wordFor(raw), field, owner, state)
      state.error ??= value.problem
      return zeroOf(type)
    }
  }
}

/** The item of a list or a map at `at`. */
function itemOf(type: TypeNode, at: number | string, item: JsonValue, field: FieldSchema, owner: string, state: State): JsonValue {
  state.way.push(at)
  const value = typed(type, item, field, owner, state)
  state.way.pop()
  return value
}

/** Complains in Go's words of a value, `what`, that is not of the field's type. */
function unfit(type: TypeNode, what: string, field: FieldSchema, owner: string, state: State): JsonValue {
  state.error ??= `json: cannot unmarshal ${what} into Go struct field ${owner.split('.').pop()}.${goPathOf(state.way)} of type ${goTypeOf(type, field)}`
  return zeroOf(type)
}

/** A null among list items or map values becomes the zero of its type. */
function zeroItem(type: TypeNode): JsonValue {
  if (type.k !== 'ref') return type.k === 'q' ? '0' : zeroOf(type)
  const def = definition(type.ref)
  return def ? struct(def, {}, begin()) : {}
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
