/** CEL's types as far as the checker tells them apart. */
export type CelType =
  | { readonly is: 'dyn' | 'error' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null_type' | 'timestamp' | 'duration' | 'type' }
  | { readonly is: 'list'; readonly of: CelType }
  | { readonly is: 'optional'; readonly of: CelType }
  | { readonly is: 'map'; readonly key: CelType; readonly of: CelType }
  /** An object with known fields; without `fields` any field is there and dynamic. */
  | { readonly is: 'object'; readonly name: string; readonly fields?: Readonly<Record<string, CelType>> }
  | { readonly is: 'param'; readonly name: string }

export const DYN: CelType = { is: 'dyn' }
export const ERROR: CelType = { is: 'error' }
export const BOOL: CelType = { is: 'bool' }
export const INT: CelType = { is: 'int' }
export const UINT: CelType = { is: 'uint' }
export const DOUBLE: CelType = { is: 'double' }
export const STRING: CelType = { is: 'string' }
export const BYTES: CelType = { is: 'bytes' }
export const NULL: CelType = { is: 'null_type' }
export const TIMESTAMP: CelType = { is: 'timestamp' }
export const DURATION: CelType = { is: 'duration' }
export const TYPE: CelType = { is: 'type' }
export const list = (of: CelType): CelType => ({ is: 'list', of })
export const map = (key: CelType, of: CelType): CelType => ({ is: 'map', key, of })
export const optional = (of: CelType): CelType => ({ is: 'optional', of })
export const object = (name: string, fields?: Readonly<Record<string, CelType>>): CelType => ({ is: 'object', name, ...(fields ? { fields } : {}) })

/** How cel-go names a type in messages. */
export function typeText(type: CelType): string {
  switch (type.is) {
    case 'list':
      return `list(${typeText(type.of)})`
    case 'optional':
      return `optional_type(${typeText(type.of)})`
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.of)})`
    case 'object':
    case 'param':
      return type.name
    case 'timestamp':
      return 'google.protobuf.Timestamp'
    case 'duration':
      return 'google.protobuf.Duration'
    case 'error':
      return '!error!'
    default:
      return type.is
  }
}

const NAMED: Readonly<Record<string, CelType>> = {
  dyn: DYN, bool: BOOL, int: INT, uint: UINT, double: DOUBLE, string: STRING, bytes: BYTES, null: NULL, timestamp: TIMESTAMP, duration: DURATION, type: TYPE,
}

/** Kubernetes' own types, by the last word of their names, as signatures write them. */
const KUBERNETES: Readonly<Record<string, string>> = {
  Quantity: 'kubernetes.Quantity', Semver: 'kubernetes.Semver', URL: 'kubernetes.URL', IP: 'net.IP', CIDR: 'net.CIDR', Format: 'kubernetes.NamedFormat',
  Authorizer: 'kubernetes.authorization.Authorizer', PathCheck: 'kubernetes.authorization.PathCheck', GroupCheck: 'kubernetes.authorization.GroupCheck',
  ResourceCheck: 'kubernetes.authorization.ResourceCheck', Decision: 'kubernetes.authorization.Decision',
}

/** Reads "list(A)", "map(string, dyn)", "Quantity" as signatures write them. One capital letter is a parameter. */
export function readType(text: string): CelType {
  const inner = /^(list|optional|map)\((.*)\)$/.exec(text)
  if (inner) {
    const [, shape, body = ''] = inner
    if (shape === 'list') return list(readType(body))
    if (shape === 'optional') return optional(readType(body))
    const comma = body.indexOf(',')
    return map(readType(body.slice(0, comma).trim()), readType(body.slice(comma + 1).trim()))
  }
  if (/^[A-Z]$/.test(text)) return { is: 'param', name: text }
  return NAMED[text] ?? object(KUBERNETES[text] ?? text)
}

/** What type parameters stand for so far. */
export type Bindings = Map<string, CelType>

const isAny = (type: CelType): boolean => type.is === 'dyn' || type.is === 'error'

/** May a value of `given` stand where `wanted` is asked? Binds parameters on the way. */
export function assignable(wanted: CelType, given: CelType, bindings: Bindings): boolean {
  if (wanted.is === 'param') {
    const bound = bindings.get(wanted.name)
    if (!bound || isAny(bound)) {
      bindings.set(wanted.name, given)
      return true
    }
    if (assignable(bound, given, bindings)) return true
    if (!assignable(given, bound, new Map())) return false
    bindings.set(wanted.name, given)
    return true
  }
  if (isAny(wanted) || isAny(given)) return true
  if (wanted.is !== given.is) return given.is === 'null_type' && (wanted.is === 'object' || wanted.is === 'timestamp' || wanted.is === 'duration')
  if (wanted.is === 'list' || wanted.is === 'optional') return assignable(wanted.of, (given as typeof wanted).of, bindings)
  if (wanted.is === 'map') return assignable(wanted.key, (given as typeof wanted).key, bindings) && assignable(wanted.of, (given as typeof wanted).of, bindings)
  return wanted.is !== 'object' || wanted.name === (given as typeof wanted).name
}

/** The type with its parameters filled in; unbound ones are dynamic. */
export function substitute(type: CelType, bindings: Bindings): CelType {
  switch (type.is) {
    case 'param':
      return bindings.get(type.name) ?? DYN
    case 'list':
      return list(substitute(type.of, bindings))
    case 'optional':
      return optional(substitute(type.of, bindings))
    case 'map':
      return map(substitute(type.key, bindings), substitute(type.of, bindings))
    default:
      return type
  }
}

export const sameType = (a: CelType, b: CelType): boolean => typeText(a) === typeText(b)
/** The common type of list items or map values. */
export const join = (types: readonly CelType[]): CelType => (types.length > 0 && types.every((t) => sameType(t, types[0]!)) ? types[0]! : DYN)
