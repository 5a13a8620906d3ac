import type { Condition } from './meta.ts'

/** The condition of a type, or undefined. Works for all conditions, of whatever kind. */
export function findCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): C | undefined {
  if (conditions) for (const c of conditions) if (c.type === type) return c
  return undefined
}

export const isConditionTrue = (conditions: readonly Pick<Condition, 'type' | 'status'>[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True'

/** Replaces the condition of the same type in its place, or appends. The same list when nothing changes. */
export function withCondition<C extends { readonly type: string }>(conditions: readonly C[] | undefined, next: C): readonly C[] {
  const list = conditions ?? []
  const i = list.findIndex((c) => c.type === next.type)
  if (i < 0) return [...list, next]
  return list[i] === next ? list : list.map((c, j) => (j === i ? next : c))
}

export const withoutCondition = <C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string): readonly C[] =>
  (conditions ?? []).filter((c) => c.type !== type)

/**
 * `meta.SetStatusCondition`: sets a condition and moves `lastTransitionTime` to `now` only when the status changes.
 */
export function setStatusCondition(conditions: readonly Condition[] | undefined, next: Condition, now: string): readonly Condition[] {
  const old = findCondition(conditions, next.type)
  const lastTransitionTime = old && old.status === next.status ? old.lastTransitionTime : (next.lastTransitionTime ?? now)
  return withCondition(conditions, { ...next, lastTransitionTime })
}
