import type { KubeObject, MicroTime } from '../../api/meta.ts'

/** coordination.k8s.io/v1 Lease. */
export interface Lease extends KubeObject<LeaseSpec> {
  readonly spec: LeaseSpec
}

export interface LeaseSpec {
  readonly acquireTime?: MicroTime
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly leaseTransitions?: number
  readonly preferredHolder?: string
  readonly renewTime?: MicroTime
  readonly strategy?: string
}
