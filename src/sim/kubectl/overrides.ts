import type { JsonObject, JsonValue, KubeObject } from '../api/meta.ts'
import { mergePatch } from '../api/patch/merge-patch.ts'
import { fail } from './failure.ts'

/** The object with --overrides merged in. */
export function overridden(object: KubeObject, text: string): KubeObject {
  if (!text) return object
  try {
    return mergePatch(object as unknown as JsonObject, JSON.parse(text) as JsonValue) as unknown as KubeObject
  } catch {
    return fail(`invalid overrides: ${text}`)
  }
}
