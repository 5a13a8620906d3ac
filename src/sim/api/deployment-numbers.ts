import { scaledValue } from './int-or-string.ts'
import type { IntOrString } from './meta.ts'

/** The part of a Deployment's spec that its numbers come from. */
export interface RolloutSpec {
  readonly replicas?: number
  readonly strategy?: {
    readonly type?: 'Recreate' | 'RollingUpdate'
    readonly rollingUpdate?: { readonly maxSurge?: IntOrString; readonly maxUnavailable?: IntOrString }
  }
}

/** What a rolling update is bounded by, in pods. */
export interface RolloutNumbers {
  readonly desired: number
  readonly maxSurge: number
  readonly maxUnavailable: number
  /** Never more pods than this: desired + maxSurge. */
  readonly maxTotal: number
  /** Never fewer available than this: desired - maxUnavailable. */
  readonly minAvailable: number
}

/** Surge rounds up, unavailable rounds down, and both zero means one unavailable (deployment_util.go: ResolveFenceposts). */
export function resolveFenceposts(maxSurge: IntOrString | undefined, maxUnavailable: IntOrString | undefined, desired: number): readonly [number, number] {
  const surge = scaledValue(maxSurge ?? 0, desired, true) ?? 0
  const unavailable = scaledValue(maxUnavailable ?? 0, desired, false) ?? 0
  return surge === 0 && unavailable === 0 ? [0, 1] : [surge, unavailable]
}

/** The numbers that the deployment controller computes from; a Recreate strategy has neither surge nor availability. */
export function rolloutNumbers(spec: RolloutSpec): RolloutNumbers {
  const desired = spec.replicas ?? 1
  if (spec.strategy?.type === 'Recreate') return { desired, maxSurge: 0, maxUnavailable: 0, maxTotal: desired, minAvailable: 0 }
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {}
  const [surge, unavailable] = resolveFenceposts(maxSurge, maxUnavailable, desired)
  const bounded = desired === 0 ? 0 : Math.min(unavailable, desired)
  return { desired, maxSurge: surge, maxUnavailable: bounded, maxTotal: desired + surge, minAvailable: desired - bounded }
}
