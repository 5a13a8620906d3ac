import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { EMPTY, holds, type FieldSet } from './field-set.ts'
import { isGranularMap, itemShape, itemsOf, memberShape, type Shape } from './shape.ts'

const put = (out: Record<string, JsonValue>, name: string, value: JsonValue): unknown => Object.defineProperty(out, name, { value, enumerable: true, writable: true, configurable: true })

/** Lays an applied configuration over the live value (structured-merge-diff: typed/merge.go). */
export function merge(shape: Shape, live: JsonValue | undefined, config: JsonValue | undefined): JsonValue | undefined {
  if (config === undefined) return live
  if (live === undefined || live === config) return config
  if (isGranularMap(shape, live) && isGranularMap(shape, config)) return mergeMaps(shape, live, config)
  const before = itemsOf(shape, live)
  const wanted = itemsOf(shape, config)
  return before && wanted ? mergeLists(itemShape(shape), before, wanted) : config
}

function mergeMaps(shape: Shape, live: JsonObject, config: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = { ...(live as Record<string, JsonValue>) }
  for (const name of Object.keys(config)) {
    const next = merge(memberShape(shape, name).shape, Object.hasOwn(live, name) ? live[name] : undefined, config[name])
    if (next !== undefined) put(out, name, next)
  }
  return out
}

type Items = readonly { readonly key: string; readonly value: JsonValue }[]

/** Items in the order of the configuration; those that only the live list has keep their places between. */
function mergeLists(shape: Shape, live: Items, config: Items): readonly JsonValue[] {
  const inLive = new Map(live.map(({ key, value }) => [key, value]))
  const inConfig = new Set(config.map(({ key }) => key))
  const shared = config.filter(({ key }) => inLive.has(key)).map(({ key }) => key)
  const out: JsonValue[] = []
  let l = 0
  let c = 0
  let nextShared = 0
  while (l < live.length || c < config.length) {
    const left = live[l]
    if (left && !inConfig.has(left.key)) {
      out.push(left.value)
      l++
      continue
    }
    if (left && shared[nextShared] !== left.key) {
      // It stands elsewhere in the configuration's order.
      l++
      continue
    }
    const right = config[c]
    if (!right) {
      l++
      continue
    }
    c++
    const there = inLive.get(right.key)
    out.push(there === undefined ? right.value : merge(shape, there, right.value)!)
    if (there !== undefined) {
      nextShared++
      if (left?.key === right.key) l++
    }
  }
  return out
}

/**
 * Takes away what a manager applied before and no manager holds any more (merge/update.go: prune). `last`: what it
 * applied before; `held`: what all managers hold now.
 */
export function prune(shape: Shape, value: JsonValue | undefined, last: FieldSet, held: FieldSet): JsonValue | undefined {
  if (value === undefined || last.below.size === 0) return value
  if (isGranularMap(shape, value)) {
    const out: Record<string, JsonValue> = {}
    let changed = false
    for (const name of Object.keys(value)) {
      const kept = pruneMember(`f:${name}`, memberShape(shape, name).shape, value[name], last, held)
      if (kept !== value[name]) changed = true
      if (kept !== undefined) put(out, name, kept)
    }
    return changed ? out : value
  }
  const items = itemsOf(shape, value)
  if (!items) return value
  const kept = items.map(({ key, value: item }) => pruneMember(key, itemShape(shape), item, last, held)).filter((item): item is JsonValue => item !== undefined)
  return kept.length === items.length && kept.every((item, i) => item === items[i]!.value) ? value : kept
}

function pruneMember(key: string, shape: Shape, value: JsonValue | undefined, last: FieldSet, held: FieldSet): JsonValue | undefined {
  const before = last.below.get(key)
  if (!before) return value
  const now = held.below.get(key)
  if (holds(key, before) && !holds(key, now)) return undefined
  return prune(shape, value, before, now ?? EMPTY)
}
