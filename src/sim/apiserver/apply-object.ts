import type { JsonValue, KubeObject } from '../api/meta.ts'
import { conflict, isStatus, notFound } from '../api/status.ts'
import { objectKey } from './keys.ts'
import { applyConfiguration } from './apply/applying.ts'
import { checkIdentity, decodeAs } from './decoding.ts'
import type { Execution, Outcome } from './execution.ts'
import type { RestRequest } from './rest.ts'
import { createObject, groupResource, updateObject } from './writing.ts'

/** PATCH of type apply: makes the object where there is none (endpoints/handlers/patch.go: applyPatcher). */
export function applyObject(exec: Execution, request: RestRequest): Outcome<KubeObject> {
  const { kind, namespace, name } = exec
  const key = objectKey(kind, namespace, name)
  const live = exec.store.get(key)
  if (!live && exec.subresource) return notFound(groupResource(exec), name)
  const body = request.body as JsonValue
  const said = (body as unknown as KubeObject | null)?.metadata?.namespace ?? ''
  const applied = applyConfiguration(exec, live, exec.means.ownership.table.get(key), body, said)
  if (isStatus(applied)) return applied
  const sloppy: Execution = { ...exec, options: { ...exec.options, fieldValidation: 'Ignore' } }
  const object = decodeAs(sloppy, applied.object, { group: kind.group, version: kind.version, kind: kind.kind }, [], true)
  if (isStatus(object)) return object
  const { uid } = object.metadata
  if (!live && uid) return conflict(groupResource(exec), name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`)
  const wrong = checkIdentity(exec, object)
  if (wrong) return wrong
  exec.warnings.push(...(request.complaints ?? []))
  return live ? updateObject(exec, () => object, applied) : createObject(exec, object, applied)
}
