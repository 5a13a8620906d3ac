import type { Micros } from '../engine/time.ts'

/**
 * What the composition root knows of kubelets' leases. While a kubelet renews its lease, the renewals are computed when
 * looked at and are no events; controllers have no timer for such a node.
 */
export interface NodeHeartbeats {
  /** Does the node's kubelet renew its lease at present? */
  beating(node: string): boolean
  /** The instant of the node's latest renewal, as of `now`; undefined when it never renewed. */
  heartbeat(node: string, now: Micros): Micros | undefined
}

/** A stored kind: what the collectors of garbage and namespaces must know of it. */
export interface StoredResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
}

/** What controllers get from the composition root besides their watches. */
export interface ControllerSetup {
  readonly heartbeats: NodeHeartbeats
  /** All kinds that the API server stores and lists, in the order of discovery. */
  readonly resources: readonly StoredResource[]
}
