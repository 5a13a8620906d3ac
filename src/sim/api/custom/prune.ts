import type { JsonValue } from '../meta.ts'
import { additionalSchema, itemSchema, type JsonSchema } from './json-schema.ts'

type Plain = Readonly<Record<string, JsonValue | undefined>>
const isPlain = (v: JsonValue | undefined): v is Plain & { readonly [k: string]: JsonValue | undefined } => typeof v === 'object' && v !== null && !Array.isArray(v)
const IDENTITY: readonly string[] = ['apiVersion', 'kind', 'metadata']

/**
 * A value without the members that its schema does not describe, whose paths go to `unknown` (apiextensions-apiserver:
 * pkg/apiserver/schema/pruning). The same reference comes back where nothing is dropped. `isResource`: the value is a
 * whole object, so apiVersion, kind and metadata stay.
 */
export function prune(value: JsonValue, s: JsonSchema | undefined, isResource: boolean, path = '', unknown: string[] = []): JsonValue {
  if (Array.isArray(value)) return pruneList(value as readonly JsonValue[], s, path, unknown)
  return isPlain(value) ? pruneMap(value, s, isResource, path, unknown) : value
}

function pruneList(list: readonly JsonValue[], s: JsonSchema | undefined, path: string, unknown: string[]): JsonValue {
  const items = s && itemSchema(s)
  if (!items && s?.['x-kubernetes-preserve-unknown-fields']) return list
  let out: JsonValue[] | undefined
  list.forEach((item, i) => {
    const next = prune(item, items, items?.['x-kubernetes-embedded-resource'] ?? false, `${path}[${i}]`, unknown)
    if (next !== item) (out ??= list.slice())[i] = next
  })
  return out ?? list
}

function pruneMap(map: Plain, s: JsonSchema | undefined, isResource: boolean, path: string, unknown: string[]): JsonValue {
  const keepsUnknown = s?.['x-kubernetes-preserve-unknown-fields'] === true
  const additional = s && additionalSchema(s)
  const described = s?.additionalProperties !== undefined
  let out: Record<string, JsonValue | undefined> | undefined
  for (const key of Object.keys(map)) {
    const value = map[key]!
    const here = path ? `${path}.${key}` : key
    const property = s?.properties && Object.hasOwn(s.properties, key) ? s.properties[key] : undefined
    if (isResource && IDENTITY.includes(key)) continue
    if (!property && !described) {
      if (keepsUnknown) continue
      unknown.push(here)
      out ??= { ...map }
      delete out[key]
      continue
    }
    const below = property ?? additional
    const next = prune(value, below, below?.['x-kubernetes-embedded-resource'] ?? false, here, unknown)
    if (next !== value) (out ??= { ...map })[key] = next
  }
  return (out ?? map) as JsonValue
}
