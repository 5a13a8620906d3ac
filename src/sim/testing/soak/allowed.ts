import type { IntOrString } from '../../api/meta.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'

/** A bound of a rolling update in pods: percentages of the replicas, rounded up or down. */
function inPods(bound: IntOrString | undefined, replicas: number, round: (n: number) => number): number {
  if (typeof bound === 'number' || bound === undefined) return bound ?? 0
  return round((Number(bound.replace('%', '')) * replicas) / 100)
}

/** How many pods the Deployment may have at once, and how many of them must be available. Written anew here, so that a mistake of the controller is not shared. */
export function allowed({ spec }: Deployment): { readonly total: number; readonly available: number } {
  const replicas = spec.replicas ?? 1
  const { type, rollingUpdate } = spec.strategy ?? {}
  if (type === 'Recreate' || replicas === 0) return { total: replicas, available: 0 }
  const surge = inPods(rollingUpdate?.maxSurge, replicas, Math.ceil)
  const unavailable = inPods(rollingUpdate?.maxUnavailable, replicas, Math.floor)
  // Both zero would never move; the controller then allows one to be missing.
  return { total: replicas + surge, available: Math.max(0, replicas - (surge === 0 && unavailable === 0 ? 1 : unavailable)) }
}
