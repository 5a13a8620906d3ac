import { deepEqual } from '../deep.ts'
import type { JsonValue } from '../meta.ts'

/** A JSON patch that cannot be applied, or one that is none. Messages of failed tests begin with "testing". */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError'
  constructor(message: string, readonly malformed = false) {
    super(message)
  }
}

type Plain = Readonly<Record<string, JsonValue | undefined>>
const isMap = (value: JsonValue | undefined): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

function pointer(path: unknown): readonly string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw new JsonPatchError(`jsonpatch path is malformed: ${String(path)}`)
  return path === '' ? [] : path.slice(1).split('/').map((s) => s.replace(/~1/g, '/').replace(/~0/g, '~'))
}

const missing = (op: string, path: readonly string[]): JsonPatchError =>
  new JsonPatchError(`${op} operation does not apply: doc is missing path: "/${path.join('/')}": missing value`)

function index(step: string, length: number, op: string): number {
  if (!/^-?\d+$/.test(step)) throw new JsonPatchError(`${op} operation does not apply: "${step}" is no index`)
  // As evanphx/json-patch with its default of supporting negative indices.
  const n = Number(step) < 0 ? Number(step) + length : Number(step)
  return n
}

function read(doc: JsonValue, path: readonly string[], op: string): JsonValue {
  let node: JsonValue | undefined = doc
  for (const step of path) {
    if (Array.isArray(node)) node = (node as readonly JsonValue[])[index(step, node.length, op)]
    else if (isMap(node)) node = node[step]
    else node = undefined
    if (node === undefined) throw missing(op, path)
  }
  return node!
}

type Edit = 'add' | 'replace' | 'remove'

/** The document itself can only be replaced, and the server's library lets a scalar in its place pass without effect. */
function wholeDocument(document: JsonValue, kind: Edit, value: JsonValue): JsonValue {
  if (kind !== 'replace') throw missing(kind, [])
  return typeof value === 'object' && value !== null ? value : document
}

function edit(node: JsonValue | undefined, path: readonly string[], depth: number, kind: Edit, value: JsonValue): JsonValue {
  if (!path.length) return wholeDocument(node!, kind, value)
  if (depth === path.length) return value
  const step = path[depth]!
  const last = depth === path.length - 1
  if (Array.isArray(node)) {
    const list = (node as readonly JsonValue[]).slice()
    const i = last && kind === 'add' && step === '-' ? list.length : index(step, list.length, kind)
    if (i < 0 || (last && kind === 'add' ? i > list.length : i >= list.length)) throw missing(kind, path)
    if (!last) list[i] = edit(list[i], path, depth + 1, kind, value)
    else if (kind === 'add') list.splice(i, 0, value)
    else if (kind === 'remove') list.splice(i, 1)
    else list[i] = value
    return list
  }
  if (!isMap(node)) throw missing(kind, path)
  if (!last) {
    if (node[step] === undefined) throw missing(kind, path)
    return { ...node, [step]: edit(node[step], path, depth + 1, kind, value) }
  }
  if (kind === 'remove') {
    if (node[step] === undefined) throw missing(kind, path)
    const { [step]: _gone, ...rest } = node
    return rest
  }
  // `replace` of a missing member succeeds, as the server's library has it.
  return { ...node, [step]: value }
}

interface Operation {
  readonly op?: unknown
  readonly path?: unknown
  readonly from?: unknown
  readonly value?: JsonValue
}

function apply(doc: JsonValue, operation: Operation): JsonValue {
  const path = pointer(operation.path)
  const value = operation.value === undefined ? null : operation.value
  switch (operation.op) {
    case 'add':
    case 'replace':
      return edit(doc, path, 0, operation.op, value)
    case 'remove':
      return edit(doc, path, 0, 'remove', null)
    case 'move': {
      const from = pointer(operation.from)
      if (!from.length) throw missing('move', from)
      const moved = read(doc, from, 'move')
      return edit(edit(doc, from, 0, 'remove', null), path, 0, 'add', moved)
    }
    case 'copy': {
      const from = pointer(operation.from)
      if (!from.length) throw missing('copy', from)
      return edit(doc, path, 0, 'add', read(doc, from, 'copy'))
    }
    case 'test': {
      let found: JsonValue = null
      try {
        found = read(doc, path, 'test')
      } catch (reason) {
        if (!(reason instanceof JsonPatchError)) throw reason
      }
      if (!deepEqual(found, value)) throw new JsonPatchError(`testing value ${String(operation.path)} failed: test failed`)
      return doc
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${String(operation.op)}`)
  }
}

/** Applies an RFC 6902 patch; shares what it does not touch. Throws JsonPatchError. */
export function jsonPatch(document: JsonValue, patch: JsonValue): JsonValue {
  if (!Array.isArray(patch)) {
    const word = patch === null ? 'null' : typeof patch === 'boolean' ? 'bool' : typeof patch
    throw new JsonPatchError(`error decoding patch: json: cannot unmarshal ${word} into Go value of type []handlers.jsonPatchOp`, true)
  }
  let doc = document
  for (const operation of patch as readonly JsonValue[]) doc = apply(doc, (isMap(operation) ? operation : {}) as Operation)
  return doc
}
