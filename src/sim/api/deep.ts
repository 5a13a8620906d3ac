type Plain = Readonly<Record<string, unknown>>

/** Semantic equality of plain data: key order does not count, undefined members count as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  const x = a as Plain
  const y = b as Plain
  let members = 0
  for (const key in x) {
    const value = x[key]
    if (value === undefined) continue
    members++
    if (!deepEqual(value, y[key])) return false
  }
  for (const key in y) if (y[key] !== undefined) members--
  return members === 0
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  if (typeof value !== 'object') return false
  for (const key in value as Plain) if (!isEmpty((value as Plain)[key])) return false
  return true
}

/**
 * Equality as Kubernetes' `equality.Semantic.DeepEqual` sees decoded objects: an absent member equals an empty list,
 * an empty map, or the zero value that decoding would give. Pointers to zero cannot be told apart here.
 */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isEmpty(a) && isEmpty(b)) return (a === undefined || a === null) || (b === undefined || b === null) || typeof a === typeof b
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, i) => semanticEqual(item, b[i]))
  }
  const x = a as Plain
  const y = b as Plain
  for (const key in x) if (!semanticEqual(x[key], y[key])) return false
  for (const key in y) if (!(key in x) && !semanticEqual(undefined, y[key])) return false
  return true
}

/** Freezes plain data in place, all the way down; returns it. For development and tests. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key of Object.keys(value)) deepFreeze((value as Plain)[key])
  return value
}

/**
 * A copy of `obj` in which the value at `path` is `value`; everything beside the path is shared. undefined removes a
 * member. Returns `obj` itself when nothing changes. Missing parents are made (maps for names, lists for numbers).
 */
export function setIn<T>(obj: T, path: readonly (string | number)[], value: unknown): T {
  return setAt(obj, path, 0, value) as T
}

function setAt(node: unknown, path: readonly (string | number)[], depth: number, value: unknown): unknown {
  if (depth === path.length) return value
  const step = path[depth]!
  if (typeof step === 'number') {
    const list = Array.isArray(node) ? (node as readonly unknown[]) : []
    const next = setAt(list[step], path, depth + 1, value)
    if (next === list[step] && step < list.length) return node
    const copy = list.slice()
    copy[step] = next
    return copy
  }
  const map = typeof node === 'object' && node !== null && !Array.isArray(node) ? (node as Plain) : {}
  const next = setAt(map[step], path, depth + 1, value)
  if (next === map[step] && (step in map || next === undefined)) return node
  if (next !== undefined) return { ...map, [step]: next }
  const { [step]: _gone, ...rest } = map
  return rest
}

/** The value at a path, or undefined where a parent is missing. */
export function getIn(obj: unknown, path: readonly (string | number)[]): unknown {
  let node = obj
  for (const step of path) {
    if (typeof node !== 'object' || node === null) return undefined
    node = (node as Record<string | number, unknown>)[step]
  }
  return node
}

/** A copy without members that are undefined; the same reference when there are none. */
export function compact<T extends object>(obj: T): T {
  let gone = false
  for (const key in obj) if (obj[key] === undefined) gone = true
  if (!gone) return obj
  const out: Record<string, unknown> = {}
  for (const key in obj) if (obj[key] !== undefined) out[key] = obj[key]
  return out as T
}
