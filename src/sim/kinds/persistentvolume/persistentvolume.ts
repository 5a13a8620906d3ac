import type { KubeObject, Time } from '../../api/meta.ts'
import type { PersistentVolumeSpec } from '../../api/persistent-volume.ts'

export type { PersistentVolumeSpec } from '../../api/persistent-volume.ts'

/** v1 PersistentVolume. */
export interface PersistentVolume extends KubeObject<PersistentVolumeSpec, PersistentVolumeStatus> {
  readonly spec: PersistentVolumeSpec
}

export interface PersistentVolumeStatus {
  readonly phase?: 'Available' | 'Bound' | 'Failed' | 'Pending' | 'Released'
  readonly message?: string
  readonly reason?: string
  readonly lastPhaseTransitionTime?: Time
}
