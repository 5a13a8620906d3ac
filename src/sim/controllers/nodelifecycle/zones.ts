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

/** Nodes a second that get their taint, by flags: in zones that are well, in large zones that are not. */
export interface Rates {
  readonly primary: number
  readonly secondary: number
  readonly large: number
}

/** Region and zone of a node; '' when it has neither. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {}
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return region || zone ? `${region}:${zone}` : ''
}

/** node_lifecycle_controller.go: ComputeZoneState. */
export function zoneState(ready: number, notReady: number, unhealthy: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption'
  if (notReady > 2 && notReady / (notReady + ready) >= unhealthy) return 'PartialDisruption'
  return 'Normal'
}

/** Time between two taints of a zone; undefined when it gets none. */
export function taintInterval(zone: Zone | undefined, masterDisruption: boolean, { primary, secondary, large }: Rates): Micros | undefined {
  if (masterDisruption) return undefined
  const rate = zone?.state !== 'PartialDisruption' ? primary : zone.nodes > large ? secondary : 0
  return rate > 0 ? seconds(1 / rate) : undefined
}
