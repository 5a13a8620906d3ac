import type { JsonObject, JsonValue, KubeObject } from '../api/meta.ts'
import { LAST_APPLIED } from '../api/patch/three-way.ts'
import { goJson } from './print-json.ts'

export { LAST_APPLIED } from '../api/patch/three-way.ts'

/** The object with the annotation that says what it was before that annotation (kubectl: util.GetModifiedConfiguration). */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _own, ...annotations } = object.metadata.annotations ?? {}
  const plain = { ...object, metadata: { ...object.metadata, annotations } }
  const text = `${goJson(plain as unknown as JsonValue)}\n`
  return { ...plain, metadata: { ...plain.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } }
}

/** The configuration that was applied last, `{}` where there is none or it is unreadable. */
export function lastAppliedOf(object: KubeObject): JsonObject {
  const text = object.metadata.annotations?.[LAST_APPLIED]
  if (!text) return {}
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return {}
  }
}
