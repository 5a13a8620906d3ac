import { goJson } from '../../api/controller-revision-hash.ts'
import type { JsonObject, JsonValue, KubeObject } from '../../api/meta.ts'
import { LAST_APPLIED } from '../../api/patch/three-way.ts'
import { compare } from './comparing.ts'
import { difference, EMPTY, type FieldSet } from './field-set.ts'
import type { Shape } from './shape.ts'
import { fieldSetOf, typeErrors } from './typed.ts'

/** The manager whose applies know about client-side apply (managedfields/internal: lastappliedmanager.go, lastappliedupdater.go). */
export const KUBECTL = 'kubectl'

/**
 * The fields that kubectl may take from anybody, because it applied them as they still are: those of the annotation that client-side apply left.
 */
export function appliedByClient(shape: Shape, live: KubeObject | undefined): FieldSet {
  const text = live?.metadata.annotations?.[LAST_APPLIED]
  const last = text ? parsed(text) : undefined
  if (!live || !last || last.apiVersion !== live.apiVersion || typeErrors(shape, last).length > 0) return EMPTY
  const { added, modified, removed } = compare(shape, last, live as unknown as JsonValue)
  return [added, modified, removed].reduce(difference, fieldSetOf(shape, last))
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** The object with the annotation, if it has one, saying what was applied now. */
export function withLastApplied(object: JsonValue | undefined, config: JsonValue): JsonValue | undefined {
  const { metadata } = (object ?? {}) as unknown as KubeObject
  if (metadata?.annotations?.[LAST_APPLIED] === undefined) return object
  const plain = config as unknown as KubeObject
  const { [LAST_APPLIED]: _own, ...annotations } = plain.metadata.annotations ?? {}
  const { annotations: _all, ...meta } = plain.metadata
  const said = { ...plain, metadata: { ...meta, ...(plain.metadata.annotations ? { annotations } : {}) } }
  const text = `${goJson(said as unknown as JsonValue)}\n`
  return { ...(object as JsonObject), metadata: { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED]: text } } as unknown as JsonValue }
}
