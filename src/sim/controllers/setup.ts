import type { Selector } from '../api/labels.ts'
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

/** What a pod's containers used at an instant, on average over `window` (metrics.k8s.io: PodMetrics). Usage in thousandths. */
export interface PodUsage {
  readonly name: string
  readonly at: Micros
  readonly window: Micros
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, number>> }[]
}

/** The resource metrics API as controllers see it. A text is the refusal. Plain data; called once for each question. */
export interface ResourceMetrics {
  pods(namespace: string, selector: Selector, now: Micros): readonly PodUsage[] | string
}

/** What controllers get from the composition root besides their watches. */
export interface ControllerSetup {
  readonly heartbeats: NodeHeartbeats
  readonly metrics: ResourceMetrics
  /** With a cloud that gives Services of type LoadBalancer an address. */
  readonly cloud?: boolean
}
