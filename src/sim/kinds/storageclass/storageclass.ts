import type { KubeObject, StringMap } from '../../api/meta.ts'
import type { TopologySelectorTerm } from '../../api/validate/storage-names.ts'

/** storage.k8s.io/v1 StorageClass. */
export interface StorageClass extends KubeObject {
  readonly provisioner: string
  readonly parameters?: StringMap
  readonly reclaimPolicy?: 'Delete' | 'Retain'
  readonly mountOptions?: readonly string[]
  readonly allowVolumeExpansion?: boolean
  readonly volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer'
  readonly allowedTopologies?: readonly TopologySelectorTerm[]
}
