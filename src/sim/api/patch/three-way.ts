import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'
import type { Definition } from '../schema/schema.ts'
import { diffMaps } from './diff-maps.ts'
import { isMap } from './lists.ts'
import { mergeMaps } from './strategic-merge.ts'

/** The annotation in which `kubectl apply` keeps what it applied last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The patch that `kubectl apply` sends: what `modified` adds or changes against `current`, and what it no longer has
 * of `original` (the last applied). Strategic for known kinds (strategicpatch.CreateThreeWayMergePatch); `{}` where
 * nothing is to do.
 */
export function threeWayStrategic(original: JsonObject, modified: JsonObject, current: JsonObject, def: Definition): JsonObject {
  const delta = diffMaps(current, modified, def, { changes: true, deletions: false, setOrder: true })
  const deletions = diffMaps(original, modified, def, { changes: false, deletions: true, setOrder: true })
  return mergeMaps(deletions, delta, def, { intoPatch: true })
}

function keepOnly(patch: JsonValue | undefined, nulls: boolean): JsonValue | undefined {
  if (patch === null) return nulls ? null : undefined
  if (!isMap(patch)) return nulls ? undefined : patch
  const out: Record<string, JsonValue> = {}
  for (const key of Object.keys(patch)) {
    const next = keepOnly(patch[key], nulls)
    if (next !== undefined) out[key] = next
  }
  return Object.keys(out).length || (!nulls && Object.keys(patch).length === 0) ? out : undefined
}

/** The plain merge patch from one object to another: nulls for what is gone. */
function diffPlain(from: JsonObject, to: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {}
  for (const key of Object.keys(to)) {
    const [was, next] = [from[key], to[key]]
    if (next === undefined) continue
    if (isMap(was) && isMap(next)) {
      const inner = diffPlain(was, next)
      if (Object.keys(inner).length) out[key] = inner
    } else if (!deepEqual(was, next)) out[key] = next
  }
  for (const key of Object.keys(from)) if (from[key] !== undefined && to[key] === undefined) out[key] = null
  return out
}

/** The same for kinds without merge keys (custom resources): a JSON merge patch (jsonmergepatch.CreateThreeWayJSONMergePatch). */
export function threeWayMerge(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  const additions = (keepOnly(diffPlain(current, modified), false) ?? {}) as JsonObject
  const deletions = (keepOnly(diffPlain(original, modified), true) ?? {}) as JsonObject
  return joined(deletions, additions)
}

const joined = (a: JsonObject, b: JsonObject): JsonObject => {
  const out: Record<string, JsonValue | undefined> = { ...a }
  for (const key of Object.keys(b)) {
    const [x, y] = [a[key], b[key]]
    out[key] = isMap(x) && isMap(y) ? joined(x, y) : y
  }
  return out
}

/** True where a patch would change nothing. */
export const isEmptyPatch = (patch: JsonValue): boolean => isMap(patch) && Object.keys(patch).length === 0
