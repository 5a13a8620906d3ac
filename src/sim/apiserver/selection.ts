import { fieldsMatch, parseFieldSelector } from '../api/fields.ts'
import { EVERYTHING, matches } from '../api/labels.ts'
import type { KubeObject } from '../api/meta.ts'
import { parseSelector } from '../api/selector-syntax.ts'
import { badRequest, type Status } from '../api/status.ts'
import type { KindDefinition } from '../kinds/definition.ts'

export type Matcher = (object: KubeObject) => boolean

/** What a field selector may look at: name, namespace and what the kind offers (registry: SelectableFields). */
export const selectableFields = (kind: KindDefinition, object: KubeObject): Readonly<Record<string, string>> => ({
  'metadata.name': object.metadata.name,
  ...(kind.namespaced ? { 'metadata.namespace': object.metadata.namespace ?? '' } : {}),
  ...kind.selectableFields?.(object),
})

/** Checks both selectors; a Status where one does not parse or names a field that this kind does not offer. */
export function checkSelectors(kind: KindDefinition, labelSelector?: string, fieldSelector?: string): Status | undefined {
  if (labelSelector) {
    const parsed = parseSelector(labelSelector)
    if (typeof parsed === 'string') return badRequest(parsed)
  }
  if (!fieldSelector) return undefined
  const parsed = parseFieldSelector(fieldSelector)
  if (typeof parsed === 'string') return badRequest(parsed)
  const known = selectableFields(kind, { apiVersion: '', kind: kind.kind, metadata: { name: '' } })
  const strange = parsed.find((term) => !(term.field in known))
  if (!strange) return undefined
  return badRequest(`field label not supported: ${strange.field}`)
}

/** Both selectors and the namespace as one predicate. Call checkSelectors first. */
export function matcher(kind: KindDefinition, namespace?: string, labelSelector?: string, fieldSelector?: string): Matcher {
  const labels = labelSelector ? parseSelector(labelSelector) : EVERYTHING
  const fields = fieldSelector ? parseFieldSelector(fieldSelector) : []
  return (object) => {
    if (namespace && object.metadata.namespace !== namespace) return false
    if (labelSelector && (typeof labels === 'string' || !matches(labels, object.metadata.labels))) return false
    return !fieldSelector || (typeof fields !== 'string' && fieldsMatch(fields, selectableFields(kind, object)))
  }
}
