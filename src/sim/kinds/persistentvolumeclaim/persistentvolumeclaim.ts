import type { Condition, KubeObject, StringMap } from '../../api/meta.ts'
import type { ResourceList } from '../../api/quantity.ts'
import type { PersistentVolumeClaimSpec } from '../../api/volume.ts'

/** v1 PersistentVolumeClaim. */
export interface PersistentVolumeClaim extends KubeObject<PersistentVolumeClaimSpec, PersistentVolumeClaimStatus> {
  readonly spec: PersistentVolumeClaimSpec
}

export interface PersistentVolumeClaimStatus {
  readonly phase?: 'Bound' | 'Lost' | 'Pending'
  readonly accessModes?: readonly string[]
  readonly capacity?: ResourceList
  readonly conditions?: readonly Condition[]
  readonly allocatedResources?: ResourceList
  readonly allocatedResourceStatuses?: StringMap
  readonly currentVolumeAttributesClassName?: string
  readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string; readonly status: string }
}
