import { carryMarks, wasSentEmpty } from './empties.ts'
import structs from './schema/go-internal.json'

/**
 * How Go's encoding/json writes Kubernetes' internal (hub) structs: field names as declared, every member present. The
 * table holds `Name[?]:versioned JSON name:type` per field, in declaration order; `?` is omitempty, an empty name means
 * that the struct's fields are promoted. Types: s i b q(uantity) x(IntOrString) t(ime) y(bytes), `*`, `[]`, `{}`, `@struct`.
 */
type Plain = Readonly<Record<string, unknown>>
/** `fresh`: the value was just sent, so that empty lists and maps differ from absent ones. */
type Convert = (value: unknown, fresh: boolean) => unknown
/** One member of an internal struct; `type` as in the table. */
export interface InternalField {
  readonly name: string
  readonly json: string
  readonly omitEmpty: boolean
  readonly type: string
  /** What an empty list or map, or a nil pointer to one, looks like; undefined for other types. */
  readonly empty: readonly never[] | object | undefined
  readonly convert: Convert
}

const table = structs as Readonly<Record<string, string>>
const known = new Map<string, readonly InternalField[]>()

/** The members of an internal struct in declaration order. */
export function fields(struct: string): readonly InternalField[] {
  let list = known.get(struct)
  if (list) return list
  list = table[struct]!.split(';').map((text) => {
    const [head, json, type] = text.split(':') as [string, string, string]
    const omitEmpty = head.endsWith('?')
    const name = omitEmpty ? head.slice(0, -1) : head
    return { name, json: json || name, omitEmpty, type, empty: type.startsWith('[]') ? [] : type.startsWith('{}') ? {} : undefined, convert: converter(type) }
  })
  known.set(struct, list)
  return list
}

const ZERO: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false, q: '0', x: 0, t: null, y: null }
const converters = new Map<string, Convert>()

function converter(type: string): Convert {
  let found = converters.get(type)
  if (!found) converters.set(type, (found = make(type)))
  return found
}

function make(type: string): Convert {
  if (type.startsWith('*')) {
    const inner = converter(type.slice(1))
    return (v, fresh) => (v === undefined || v === null ? null : inner(v, fresh))
  }
  if (type.startsWith('[]')) {
    const inner = converter(type.slice(2))
    return (v, fresh) => (Array.isArray(v) && v.length > 0 ? v.map((item) => inner(item, fresh)) : null)
  }
  if (type.startsWith('{}')) {
    const inner = converter(type.slice(2))
    return (v, fresh) => (v === undefined || v === null || isEmptyMap(v) ? null : Object.fromEntries(Object.keys(v).sort().map((k) => [k, inner((v as Plain)[k], fresh)])))
  }
  if (type.startsWith('@')) return (v, fresh) => goInternal(type.slice(1), v, fresh)
  const zero = ZERO[type]
  return (v) => (v === undefined || v === null ? zero : v)
}

const isZero = (v: unknown): boolean => v === null || v === '' || v === 0 || v === false || (Array.isArray(v) && v.length === 0) || isEmptyMap(v)

function isEmptyMap(v: unknown): boolean {
  if (typeof v !== 'object' || v === null || Array.isArray(v)) return false
  for (const _key in v) return false
  return true
}

/** In the internal model these members of a pod's spec belong to its security context. */
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const

function withHostFields(spec: Plain): Plain {
  const given = spec['securityContext'] as Plain | undefined
  const context: Record<string, unknown> = { ...given }
  if (given) carryMarks(given, context)
  for (const key of HOST_FIELDS) if (spec[key] !== undefined) context[key] = spec[key]
  return spec['securityContext'] === undefined && Object.keys(context).length === 0 ? spec : { ...spec, securityContext: context }
}

/**
 * A versioned value as the internal struct that it converts to, ready for JSON.stringify; `struct` as in "core.PodSpec".
 * Of a stored value (not `fresh`) empty lists print as null, for storage does not know them.
 */
export function goInternal(struct: string, value: unknown, fresh = true): Plain {
  const given = (value ?? {}) as Plain
  const from = struct === 'core.PodSpec' ? withHostFields(given) : given
  const out: Record<string, unknown> = {}
  for (const f of fields(struct)) {
    let v = f.convert(from[f.json], fresh)
    if (v === null && f.empty && fresh && wasSentEmpty(given, f.json)) v = f.empty
    if (f.name === '') Object.assign(out, v)
    else if (!f.omitEmpty || !isZero(v)) out[f.name] = v
  }
  return out
}
