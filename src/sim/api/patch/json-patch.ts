import { deepEqual } from '../deep.ts'
import type { JsonValue } from '../meta.ts'
import { has, isList, isObject, withMember, without } from './json-values.ts'

/** A patch that cannot be applied; `message` as evanphx/json-patch words it. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError'
}

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: JsonValue
}

const MAX_OPERATIONS = 10_000

/** RFC 6902. Throws JsonPatchError with the operation and path that did not fit. */
export function jsonPatch(document: JsonValue, patch: JsonValue): JsonValue {
  if (!isList(patch)) throw new JsonPatchError('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  if (patch.length > MAX_OPERATIONS) throw new JsonPatchError(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`)
  return patch.reduce<JsonValue>((current, operation) => applyOperation(current, operation as unknown as Operation), document)
}

function applyOperation(document: JsonValue, operation: Operation): JsonValue {
  const { op, path, from, value } = operation
  if (typeof path !== 'string') throw new JsonPatchError(`Unexpected kind: ${op ?? 'unknown'}`)
  const to = pointer(path)
  switch (op) {
    case 'add':
      return insert(document, to, value ?? null, path)
    case 'remove':
      return removeAt(document, to, path)
    case 'replace':
      read(document, to, `replace operation does not apply: doc is missing key: ${path}`)
      return to.length === 0 ? (value ?? null) : replaceAt(document, to, value ?? null)
    case 'move':
    case 'copy': {
      const source = pointer(from ?? '')
      const moved = read(document, source, `${op} operation does not apply: doc is missing from path: ${from}`)
      return insert(op === 'move' ? removeAt(document, source, from ?? '') : document, to, moved, path)
    }
    case 'test':
      if (!deepEqual(read(document, to, `testing path ${path} failed`) ?? null, value ?? null)) throw new JsonPatchError(`testing value ${path} failed: test failed`)
      return document
    default:
      throw new JsonPatchError(`Unexpected kind: ${op}`)
  }
}

function pointer(path: string): readonly string[] {
  if (path === '') return []
  return path.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function position(list: readonly JsonValue[], part: string, max: number, path: string): number {
  const index = /^(0|[1-9]\d{0,8})$/.test(part) ? Number(part) : Number.NaN
  if (!(index <= max)) throw new JsonPatchError(`Unable to access invalid index: ${part}: ${path}: list has ${list.length} items`)
  return index
}

function read(document: JsonValue, path: readonly string[], otherwise: string): JsonValue {
  let current: JsonValue | undefined = document
  for (const part of path) {
    if (isList(current)) current = current[Number(part)]
    else if (isObject(current) && Object.hasOwn(current, part)) current = current[part]
    else current = undefined
    if (current === undefined) throw new JsonPatchError(otherwise)
  }
  return current
}

/** Rebuilds the way down to the parent of the last part and lets `change` work there. */
function at(document: JsonValue, path: readonly string[], full: string, change: (parent: JsonValue, last: string) => JsonValue): JsonValue {
  const [part, ...rest] = path
  if (rest.length === 0) return change(document, part!)
  if (isList(document)) {
    const index = position(document, part!, document.length - 1, full)
    return document.map((item, i) => (i === index ? at(item, rest, full, change) : item))
  }
  if (!isObject(document) || !has(document, part!)) throw new JsonPatchError(`add operation does not apply: doc is missing path: "${full}": missing value`)
  return withMember(document, part!, at(document[part!]!, rest, full, change))
}

function insert(document: JsonValue, path: readonly string[], value: JsonValue, full: string): JsonValue {
  if (path.length === 0) return value
  return at(document, path, full, (parent, last) => {
    if (isObject(parent)) return withMember(parent, last, value)
    if (!isList(parent)) throw new JsonPatchError(`add operation does not apply: doc is missing path: "${full}": missing value`)
    const index = last === '-' ? parent.length : position(parent, last, parent.length, full)
    return [...parent.slice(0, index), value, ...parent.slice(index)]
  })
}

function removeAt(document: JsonValue, path: readonly string[], full: string): JsonValue {
  if (path.length === 0) throw new JsonPatchError('remove operation does not apply: cannot remove the whole document')
  return at(document, path, full, (parent, last) => {
    if (isObject(parent) && has(parent, last)) return without(parent, last)
    if (!isList(parent)) throw new JsonPatchError(`remove operation does not apply: doc is missing path: "${full}": missing value`)
    const index = position(parent, last, parent.length - 1, full)
    return [...parent.slice(0, index), ...parent.slice(index + 1)]
  })
}

const replaceAt = (document: JsonValue, path: readonly string[], value: JsonValue): JsonValue =>
  at(document, path, path.join('/'), (parent, last) =>
    isList(parent) ? parent.map((item, i) => (i === Number(last) ? value : item)) : withMember(parent as { readonly [k: string]: JsonValue }, last, value),
  )
