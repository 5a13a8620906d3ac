import type { JsonValue } from '../api/meta.ts'
import { keysOf } from './print-yaml.ts'

/** A text as Go's encoding/json writes it: <, > and & escaped. */
export const goJsonString = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

const scalar = (value: JsonValue): string => (typeof value === 'string' ? goJsonString(value) : JSON.stringify(value))

/** Compact JSON with sorted keys, as Go marshals maps. */
export function goJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return scalar(value)
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(goJson).join(',')}]`
  const map = value as Readonly<Record<string, JsonValue>>
  return `{${keysOf(map).map((k) => `${goJsonString(k)}:${goJson(map[k]!)}`).join(',')}}`
}

/** `-o json`: sorted keys (or as given), four spaces (or what `unit` says), no final newline. */
export function prettyJson(value: JsonValue, unit = '    ', indent = '', sorted = true): string {
  if (typeof value !== 'object' || value === null) return scalar(value)
  const deeper = indent + unit
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${(value as readonly JsonValue[]).map((v) => deeper + prettyJson(v, unit, deeper, sorted)).join(',\n')}\n${indent}]`
  }
  const map = value as Readonly<Record<string, JsonValue>>
  const keys = keysOf(map, sorted)
  if (keys.length === 0) return '{}'
  return `{\n${keys.map((k) => `${deeper}${goJsonString(k)}: ${prettyJson(map[k]!, unit, deeper, sorted)}`).join(',\n')}\n${indent}}`
}
