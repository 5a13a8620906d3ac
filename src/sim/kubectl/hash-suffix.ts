import type { JsonValue, KubeObject } from '../api/meta.ts'
import { sha256Hex } from '../api/sha256.ts'
import { goJson } from './print-json.ts'

const SAFE: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/**
 * The suffix that the content of a ConfigMap or Secret gives its name: kubectl's (util/hash, hash.go) looks at the name too, kustomize's
 * (api/hasher) does not.
 */
export function hashSuffix(object: KubeObject, by: 'kubectl' | 'kustomize' = 'kubectl'): string {
  const { kind, metadata, data, binaryData, stringData, type, immutable } = object as KubeObject & Readonly<Record<string, JsonValue | undefined>>
  const some = (value: JsonValue | undefined): value is JsonValue => typeof value === 'object' && value !== null && Object.keys(value).length > 0
  const content: Record<string, JsonValue> = { data: data ?? (by === 'kubectl' ? null : ''), kind, name: by === 'kubectl' ? metadata.name : '' }
  if (some(binaryData)) content.binaryData = binaryData
  if (some(stringData)) content.stringData = stringData
  if (kind === 'Secret') content.type = type ?? ''
  if (immutable !== undefined) content.immutable = immutable
  return [...sha256Hex(goJson(content)).slice(0, 10)].map((c) => SAFE[c] ?? c).join('')
}
