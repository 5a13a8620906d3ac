import type { KubeObject } from '../api/meta.ts'
import { badRequest } from '../api/status.ts'
import { validateStructure } from '../api/schema/structure.ts'
import { isStatus } from '../api/status.ts'
import type { Body, Execution, Outcome } from './execution.ts'

/**
 * A request's body as an object of the kind: the right apiVersion and kind, the structure that the schema asks for,
 * unknown fields refused, warned about or dropped as `fieldValidation` says. Components of the cluster are typed by the
 * compiler, so only what people send is walked through the schema.
 */
export function decode(exec: Execution, body: Body): Outcome<KubeObject> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return badRequest('the body must be an object')
  const object = body as KubeObject
  const { kind } = exec
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version
  const wrong = checkIdentity(exec, object, apiVersion)
  if (wrong) return badRequest(wrong)
  const full: KubeObject = { ...object, apiVersion, kind: kind.kind, metadata: object.metadata ?? { name: '' } }
  if (exec.trusted) return full
  const checked = validateStructure(full, exec.options.fieldValidation ?? 'Warn')
  if (isStatus(checked)) return checked
  exec.warnings.push(...checked.warnings)
  return checked.object
}

function checkIdentity(exec: Execution, object: KubeObject, apiVersion: string): string | undefined {
  const { kind, name, namespace } = exec
  if (object.kind && object.kind !== kind.kind) return `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${kind.kind}: no kind "${object.kind}" is registered for the resource ${kind.plural}`
  if (object.apiVersion && object.apiVersion !== apiVersion)
    return `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersion})`
  const meta = object.metadata
  if (name && meta?.name && meta.name !== name) return `the name of the object (${meta.name}) does not match the name on the URL (${name})`
  if (meta?.namespace && namespace && meta.namespace !== namespace)
    return `the namespace of the provided object does not match the namespace sent on the request`
  return undefined
}
