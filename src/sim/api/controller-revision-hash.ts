import { fnv1_32 } from './fnv.ts'
import type { JsonValue } from './meta.ts'
import { safeEncode } from './safe-encode.ts'

const ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029', '\\b': '\\u0008', '\\f': '\\u000c' }

const text = (value: string): string => JSON.stringify(value).replace(/\\[bf]|[<>&\u2028\u2029]/g, (c) => ESCAPES[c]!).replace(/\\\\u00(08|0c)/g, (m) => m)

/** Compact JSON as Go's encoding/json writes a map: sorted keys, HTML characters escaped. */
export function goJson(value: JsonValue): string {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(goJson).join(',')}]`
  const map = value as { readonly [key: string]: JsonValue | undefined }
  const keys = Object.keys(map).filter((k) => map[k] !== undefined).sort()
  return `{${keys.map((k) => `${text(k)}:${goJson(map[k]!)}`).join(',')}}`
}

/** What a StatefulSet's or DaemonSet's revision remembers: the template, to be put back whole. */
export const revisionData = (template: unknown): JsonValue => ({ spec: { template: { $patch: 'replace', ...(template as Record<string, JsonValue>) } } })

/** The hash of a ControllerRevision: FNV-1 of its data and the collision count (pkg/controller/history: HashControllerRevision). */
export const controllerRevisionHash = (data: JsonValue, collisionCount = 0): string => safeEncode(String(fnv1_32(goJson(data) + String(collisionCount))))
