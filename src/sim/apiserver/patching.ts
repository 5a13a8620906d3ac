import { goQuote, invalidValue } from '../api/field.ts'
import { goJson, touchedBy } from '../api/go-order.ts'
import type { JsonValue, KubeObject } from '../api/meta.ts'
import { JsonPatchError, jsonPatch } from '../api/patch/json-patch.ts'
import { goText } from '../api/patch/lists.ts'
import { mergePatch } from '../api/patch/merge-patch.ts'
import { strategicMerge, StrategicPatchError } from '../api/patch/strategic-merge.ts'
import { schemaOf, type Definition } from '../api/schema/schema.ts'
import { badRequest, invalid, isStatus, requestEntityTooLarge, unknownError, type Status } from '../api/status.ts'
import { checkIdentity, decodeAs } from './decoding.ts'
import type { Execution, Outcome } from './execution.ts'
import { objectKey } from './keys.ts'
import type { RestRequest } from './rest.ts'

type PatchType = Exclude<NonNullable<RestRequest['patchType']>, 'apply'>
const MAX_OPERATIONS = 10_000

/** A patch that cannot be applied to the document. */
const unappliable: Status = {
  kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'the server rejected our request due to an error in our request',
  reason: 'Invalid', details: {}, code: 422,
}

/** The stored object with a JSON, merge or strategic merge patch applied, decoded (apiserver: endpoints/handlers/patch.go). */
export function patchObject(exec: Execution, old: KubeObject, request: RestRequest): Outcome<KubeObject> {
  const type = (request.patchType ?? 'strategic') as PatchType
  const patched = patchDocument(old as unknown as JsonValue, request.body as JsonValue, type, schemaOf(exec.kind))
  if (isStatus(patched)) return patched
  const object = decodePatched(exec, patched as unknown as KubeObject, request, type)
  return isStatus(object) ? object : (checkIdentity(exec, object) ?? object)
}

/** Applies a patch to plain data of a structure. */
export function patchDocument(document: JsonValue, patch: JsonValue, type: PatchType, def: Definition | undefined): Outcome<JsonValue> {
  const wrong = checkShape(patch, type)
  if (wrong) return wrong
  try {
    if (type === 'json') return jsonPatch(document, patch)
    return type === 'merge' ? mergePatch(document, patch) : strategicMerge(document, patch, def)
  } catch (reason) {
    if (reason instanceof JsonPatchError) return reason.malformed ? badRequest(reason.message) : unappliable
    if (reason instanceof StrategicPatchError) return isBadRequest(reason) ? badRequest(reason.message) : unknownError(reason.message)
    throw reason
  }
}

/** Errors of strategicpatch that are the client's fault by name; any other is an error of the server. */
const isBadRequest = ({ message }: StrategicPatchError): boolean => message.startsWith('invalid patch format') || message.startsWith('The order in patch list')

function checkShape(patch: JsonValue, type: PatchType): Status | undefined {
  if (type === 'json') {
    if (!Array.isArray(patch)) return badRequest(`error decoding patch: json: cannot unmarshal ${wordFor(patch)} into Go value of type []handlers.jsonPatchOp`)
    return patch.length > MAX_OPERATIONS ? requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`) : undefined
  }
  if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return undefined
  const frame = type === 'merge' ? 'error decoding patch: ' : ''
  return badRequest(`${frame}json: cannot unmarshal ${wordFor(patch)} into Go value of type map[string]interface {}`)
}

const wordFor = (value: JsonValue): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value)

/** What the patch made must still be an object of the kind; the refusal shows the patch or the result. */
function decodePatched(exec: Execution, patched: KubeObject, request: RestRequest, type: PatchType): Outcome<KubeObject> {
  const { group, version, kind } = exec.kind
  const object = decodeAs(exec, patched, { group, version, kind }, request.complaints, true)
  if (!isStatus(object)) return object
  const said = object.message ?? ''
  const why = said.includes(': ') ? said.slice(said.indexOf(': ') + 2) : said
  const shown = type === 'strategic' ? goText(request.body as JsonValue) : documentText(exec, patched, request.body as JsonValue)
  return invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown, type === 'strategic' ? inUnstructuredWords(why) : why)])
}

/** The patched document as the server shows it: with its managers, in the order of Go's structs. */
function documentText(exec: Execution, patched: KubeObject, patch: JsonValue): string {
  if (Array.isArray(patched)) return goJson(patched as JsonValue, undefined, touchedBy(patch))
  const { kind } = exec
  const managers = exec.means.ownership.table.get(objectKey(kind, exec.namespace, exec.name))
  const whole = typeof patched.metadata === 'object' && patched.metadata !== null ? exec.means.ownership.shown(kind, patched, managers) : patched
  const def = schemaOf({ group: kind.group, version: kind.version, kind: kind.kind })
  return goJson(whole as unknown as JsonValue, def && { k: 'ref', ref: def.name }, touchedBy(patch))
}

const KINDS: Readonly<Record<string, string>> = { number: 'int64', bool: 'bool', string: 'string', object: 'map[string]interface {}', array: '[]interface {}' }

/** The converter from plain data words type errors otherwise than the JSON decoder (runtime: DefaultUnstructuredConverter). */
function inUnstructuredWords(why: string): string {
  const found = /^json: cannot unmarshal (\w+) into Go struct field \S+ of type (.+)$/.exec(why)
  if (!found) return why
  const [, from = '', to = ''] = found
  const had = KINDS[from] ?? from
  if (to.startsWith('[]')) return `cannot restore slice from ${reflectKind(from)}`
  if (to.startsWith('map[')) return `cannot restore map from ${reflectKind(from)}`
  if (/^v\d\w*\.[A-Z]/.test(to) && from === 'object') return `cannot convert ${had} to ${to}`
  if (from === 'array' || from === 'object') return `cannot convert ${reflectKind(from)} to ${to}`
  // Go converts numbers to strings; what it cannot convert at all has no other name than its kind.
  return from === 'number' && to !== 'bool' ? `cannot convert ${had} to ${to}` : `unrecognized type: ${/^v\d/.test(to) ? 'string' : to}`
}
const reflectKind = (from: string): string => ({ number: 'int64', bool: 'bool', string: 'string', object: 'map', array: 'slice' })[from] ?? goQuote(from)
