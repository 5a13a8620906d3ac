import type { Taint, Toleration } from './scheduling.ts'

/** Does a toleration cover a taint (component-helpers: scheduling, ToleratesTaint)? */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  switch (toleration.operator ?? 'Equal') {
    case 'Exists':
      return true
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '')
    default:
      return false
  }
}

export const toleratesAny = (tolerations: readonly Toleration[] | undefined, taint: Taint): boolean =>
  tolerations?.some((t) => tolerates(t, taint)) ?? false

/** The first taint with effect NoSchedule or NoExecute that nothing tolerates. */
export function untoleratedTaint(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] | undefined): Taint | undefined {
  if (taints === undefined) return undefined
  for (const taint of taints) if (taint.effect !== 'PreferNoSchedule' && !toleratesAny(tolerations, taint)) return taint
  return undefined
}
