import { deepEqual } from '../../api/deep.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { roomyCopy, setOwn } from '../../api/share.ts'
import { EMPTY, holds, type FieldSet } from './field-set.ts'
import { isGranularMap, itemShape, itemsOf, memberShape, type Items, type Shape } from './shape.ts'

/**
 * Lays an applied configuration over the live value (structured-merge-diff: typed/merge.go). What comes out equal to the live
 * value is the live value itself, so that whoever comes next need not look at it.
 */
export function merge(shape: Shape, live: JsonValue | undefined, config: JsonValue | undefined): JsonValue | undefined {
  if (config === undefined) return live
  if (live === undefined || live === config) return config
  if (isGranularMap(shape, live) && isGranularMap(shape, config)) return mergeMaps(shape, live, config)
  const before = itemsOf(shape, live)
  const wanted = itemsOf(shape, config)
  if (!before || !wanted) return deepEqual(live, config) ? live : config
  const merged = mergeLists(itemShape(shape), before, wanted)
  return merged.length === before.length && merged.every((item, i) => item === before[i]!.value) ? live : merged
}

function mergeMaps(shape: Shape, live: JsonObject, config: JsonObject): JsonObject {
  let out: Record<string, JsonValue> | undefined
  for (const name of Object.keys(config)) {
    const there = Object.hasOwn(live, name) ? live[name] : undefined
    const next = merge(memberShape(shape, name).shape, there, config[name])
    if (next !== undefined && next !== there) setOwn((out ??= roomyCopy(live as Record<string, JsonValue>)), name, next)
  }
  return out ?? live
}

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
      if (kept !== undefined) setOwn(out, name, kept)
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
  if (before === now) return value
  if (holds(key, before) && !holds(key, now)) return undefined
  return prune(shape, value, before, now ?? EMPTY)
}
