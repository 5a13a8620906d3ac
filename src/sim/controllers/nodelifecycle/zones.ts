import { seconds, type Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'

/** How bad a zone is: that decides how fast its nodes get NoExecute taints, that is, how fast pods are evicted. */
export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption'

/** A row of the state table "zones": `next` is when the token bucket (burst 1) has a token again. */
export interface Zone {
  readonly state: ZoneState
  readonly nodes: number
  readonly next: Micros
}

/** A row of the state table "taint-queue": a node that shall get its NoExecute taint. Done ones stay until reachable. */
export interface QueuedTaint {
  readonly uid: string
  readonly zone: string
  readonly done: boolean
}

const LARGE_CLUSTER = 50
const UNHEALTHY = 0.55

/** Region and zone of a node; '' when it has neither. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {}
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return region || zone ? `${region}:${zone}` : ''
}

/** node_lifecycle_controller.go: ComputeZoneState. */
export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  if (notReady > 2 && notReady / (notReady + ready) >= UNHEALTHY) return 'PartialDisruption'
  return 'Normal'
}

/** Time between two taints of a zone; undefined when it gets none. 0.1 and 0.01 a second by default. */
export function taintInterval(zone: Zone | undefined, masterDisruption: boolean): Micros | undefined {
  if (masterDisruption) return undefined
  if (zone?.state !== 'PartialDisruption') return seconds(10)
  return zone.nodes > LARGE_CLUSTER ? seconds(100) : undefined
}
