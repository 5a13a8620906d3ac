import { goQuote } from '../api/field.ts'
import { joinApiVersion, splitApiVersion, type GroupVersionKind, type KubeObject } from '../api/meta.ts'
import { decode as decodeStructure } from '../api/schema/decode.ts'
import { strictComplaints, validateStructure } from '../api/schema/structure.ts'
import { schemaOf } from '../api/schema/schema.ts'
import { badRequest, isStatus, type Status } from '../api/status.ts'
import { decodeCustom, type CustomKind } from './custom/kind.ts'
import type { Body, Execution, Outcome } from './execution.ts'

const REGISTRY = 'pkg/api/legacyscheme/scheme.go:30'

/** The kind that a request's body should be of: the resource's own, or that of a subresource's body. */
export function decode(exec: Execution, body: Body, complaints: readonly string[] = []): Outcome<KubeObject> {
  const object = decodeAs(exec, body, exec.kind, complaints)
  if (isStatus(object)) return object
  return checkIdentity(exec, object) ?? object
}

/**
 * A request's body as an object of a kind: the right apiVersion and kind, the structure that the schema asks for, unknown
 * fields refused, warned about or dropped as `fieldValidation` says. Components of the cluster are typed by the compiler,
 * so only what people send is walked through the schema (apiserver: endpoints/handlers/create.go). `remember`: most of the body is a stored object.
 */
export function decodeAs(exec: Execution, body: Body, want: GroupVersionKind, complaints: readonly string[] = [], remember = false): Outcome<KubeObject> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return badRequest('the body must be an object')
  const object = body as Partial<KubeObject>
  const apiVersion = joinApiVersion(want.group, want.version)
  const wrong = checkKind(object, want, apiVersion)
  if (wrong) return wrong
  const { metadata } = object
  if (exec.trusted && metadata && object.apiVersion && object.kind) return object as KubeObject
  const full = { ...object, apiVersion, kind: want.kind, metadata: metadata ?? { name: '' } } as KubeObject
  if (exec.trusted) return full
  const mode = exec.options.fieldValidation ?? 'Warn'
  const custom = exec.kind.custom && want.kind === exec.kind.kind ? (exec.kind as CustomKind) : undefined
  const checked = custom ? decodedCustom(custom, full, mode, complaints) : validateStructure(full, mode, mode === 'Ignore' ? [] : complaints, remember, want)
  if (isStatus(checked)) return checked
  exec.warnings.push(...checked.warnings)
  return checked.object.metadata?.name === undefined ? { ...checked.object, metadata: { ...checked.object.metadata, name: '' } } : checked.object
}

function decodedCustom(kind: CustomKind, full: KubeObject, mode: string, earlier: readonly string[]): { readonly object: KubeObject; readonly warnings: readonly string[] } | Status {
  const { object, unknown, error } = decodeCustom(kind, full)
  const refuse = (why: string): Status => badRequest(`${kind.kind} in version ${goQuote(kind.version)} cannot be handled as a ${kind.kind}: ${why}`)
  if (error) return refuse(error)
  const complaints = mode === 'Ignore' ? [] : [...earlier, ...strictComplaints(unknown)]
  return mode === 'Strict' && complaints.length ? refuse(`strict decoding error: ${complaints.join(', ')}`) : { object, warnings: complaints }
}

/** A body that says that it is something else (apimachinery: serializer/json, versioning). */
function checkKind(object: Partial<KubeObject>, want: GroupVersionKind, apiVersion: string): Status | undefined {
  const saidKind = object.kind || want.kind
  const saidVersion = object.apiVersion || apiVersion
  if (typeof saidKind !== 'string' || typeof saidVersion !== 'string') return badRequest(`the object provided is unrecognized (must be of type ${want.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof (typeof saidKind === 'string' ? saidVersion : saidKind)} into Go struct field .${typeof saidKind === 'string' ? 'apiVersion' : 'kind'} of type string`)
  if (saidKind === want.kind && saidVersion === apiVersion) return undefined
  const said: GroupVersionKind = { ...splitApiVersion(saidVersion), kind: saidKind }
  const def = schemaOf(said)
  const refuse = (why: string): Status => badRequest(`${saidKind} in version ${goQuote(said.version)} cannot be handled as a ${want.kind}: ${why}`)
  if (!def) return refuse(`no kind ${goQuote(saidKind)} is registered for version ${goQuote(saidVersion)} in scheme ${goQuote(REGISTRY)}`)
  const { error, unknown } = decodeStructure(def, object as never)
  if (error) return refuse(error)
  if (saidKind === want.kind) return badRequest(`the API version in the data (${saidVersion}) does not match the expected API version (${apiVersion})`)
  const strict = strictComplaints(unknown)
  return refuse(strict.length ? `strict decoding error: ${strict.join(', ')}` : `converting (${said.version}.${saidKind}) to (${want.group || 'core'}.${want.kind}): unknown conversion`)
}

/** Name and namespace of the body against those of the path (endpoints/handlers: checkName; registry/rest/meta.go). */
export function checkIdentity(exec: Execution, object: KubeObject): Status | undefined {
  const { name, namespace, kind } = exec
  const meta = object.metadata
  if (kind.namespaced && meta.namespace && namespace && meta.namespace !== namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (!name) return undefined
  if (!meta.name) return badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  return meta.name === name ? undefined : badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`)
}
