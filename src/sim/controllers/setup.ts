import type { Micros } from '../engine/time.ts'

/**
 * What the composition root knows of kubelets' leases. While a kubelet renews its lease, the renewals are computed when
 * looked at and are no events; controllers have no timer for such a node.
 */
export interface NodeHeartbeats {
  /** Does the node's kubelet renew its lease at present? */
  beating(node: string): boolean
  /** The instant of the latest renewal of a node that beats, as of `now`; undefined for a silent one. */
  lastRenewal(node: string, now: Micros): Micros | undefined
}

/** What controllers get from the composition root besides their watches. */
export interface ControllerSetup {
  readonly heartbeats: NodeHeartbeats
}
