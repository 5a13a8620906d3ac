import type { JsonObject } from '../api/meta.ts'
import { KUBELET_FIELDS } from './kubelet-fields.ts'
import { KUBELET_GROUP, KUBELET_KIND } from './kubelet-configuration.ts'
import { schemaOf } from './kubelet-json.ts'
import { KUBELET_FLAGS } from './kubelet.ts'

/** JSON schema (draft 7) of a kubelet's file for the editor: every field, with types for those that act here. */
export function kubeletSchema(): JsonObject {
  const properties: Record<string, JsonObject> = { apiVersion: { const: `${KUBELET_GROUP}/v1beta1` }, kind: { const: KUBELET_KIND } }
  for (const field of KUBELET_FIELDS) properties[field] = { description: 'does nothing here: not modelled' }
  for (const flag of KUBELET_FLAGS) {
    const [field = '', inner] = flag.name.split('.')
    if (inner === undefined) properties[field] = schemaOf(flag)
    else properties[field] = { type: 'object', properties: { ...(properties[field]?.['properties'] as JsonObject | undefined), [inner]: schemaOf(flag) } }
  }
  return { type: 'object', properties, additionalProperties: false }
}
