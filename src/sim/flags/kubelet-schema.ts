import type { JsonObject } from '../api/meta.ts'
import { KUBELET_FIELDS } from './kubelet-fields.ts'
import type { Flag } from './flag.ts'
import { KUBELET_GROUP, KUBELET_KIND, MAPS } from './kubelet-configuration.ts'
import { KUBELET_FLAGS, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY } from './kubelet.ts'

const TYPES = { duration: 'string', integer: 'integer', number: 'number', boolean: 'boolean', list: 'array', text: 'string' } as const

function typeOf(flag: Flag): JsonObject {
  const said = { description: `default: ${flag.text === '' ? 'none' : flag.text}` }
  if (flag.name === SHUTDOWN_GRACE_PERIOD_BY_PRIORITY.name) return { type: 'array', items: { type: 'object', properties: { priority: { type: 'integer' }, shutdownGracePeriodSeconds: { type: 'integer' } } }, ...said }
  return MAPS[flag.name] ? { type: 'object', additionalProperties: { type: 'string' }, ...said } : { type: TYPES[flag.type], ...said }
}

/** JSON schema (draft 7) of a kubelet's file for the editor: every field, with types for those that act here. */
export function kubeletSchema(): JsonObject {
  const properties: Record<string, JsonObject> = { apiVersion: { const: `${KUBELET_GROUP}/v1beta1` }, kind: { const: KUBELET_KIND } }
  for (const field of KUBELET_FIELDS) properties[field] = { description: 'does nothing here: not modelled' }
  for (const flag of KUBELET_FLAGS) {
    const [field = '', inner] = flag.name.split('.')
    if (inner === undefined) properties[field] = typeOf(flag)
    else properties[field] = { type: 'object', properties: { ...(properties[field]?.['properties'] as JsonObject | undefined), [inner]: typeOf(flag) } }
  }
  return { type: 'object', properties, additionalProperties: false }
}
