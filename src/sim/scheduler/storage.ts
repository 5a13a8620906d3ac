import type { LabelSelector } from '../api/labels.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Volume } from '../api/volume.ts'
import type { Claim as PersistentVolumeClaim, PersistentVolume, StorageClass } from '../client/storage/objects.ts'
import type { Objects } from './plugin.ts'

export type { Claim as PersistentVolumeClaim, PersistentVolume, StorageClass } from '../client/storage/objects.ts'

export interface CSINode extends KubeObject {
  readonly spec: { readonly drivers?: readonly { readonly name: string; readonly allocatable?: { readonly count?: number } }[] }
}

export interface CSIDriver extends KubeObject {
  readonly spec: { readonly storageCapacity?: boolean; readonly preventPodSchedulingIfMissing?: boolean }
}

export interface CSIStorageCapacity extends KubeObject {
  readonly storageClassName: string
  readonly capacity?: string
  readonly maximumVolumeSize?: string
  readonly nodeTopology?: LabelSelector
}

export interface VolumeAttachment extends KubeObject {
  readonly spec: { readonly attacher: string; readonly nodeName: string; readonly source?: { readonly persistentVolumeName?: string } }
}

export { BIND_COMPLETED, classOf, SELECTED_NODE } from '../client/storage/objects.ts'
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'
export const WAIT_FOR_FIRST_CONSUMER = 'WaitForFirstConsumer'

/** The claim behind a volume of a pod, if it is one: generic ephemeral volumes have a computed name. */
export function claimNameOf(pod: Pod, volume: Volume): { readonly name: string; readonly ephemeral: boolean } | undefined {
  if (volume.persistentVolumeClaim) return { name: volume.persistentVolumeClaim.claimName ?? '', ephemeral: false }
  return volume.ephemeral ? { name: `${pod.metadata.name}-${volume.name}`, ephemeral: true } : undefined
}

export const claimOf = (objects: Objects, namespace: string | undefined, name: string): PersistentVolumeClaim | undefined =>
  objects.get<PersistentVolumeClaim>('persistentvolumeclaims', namespace, name)
export const volumeOf = (objects: Objects, name: string): PersistentVolume | undefined => objects.get<PersistentVolume>('persistentvolumes', undefined, name)
export const storageClassOf = (objects: Objects, name: string): StorageClass | undefined => objects.get<StorageClass>('storageclasses', undefined, name)

export const claimNotFound = (name: string): string => `persistentvolumeclaim "${name}" not found`
export const volumeNotFound = (name: string): string => `persistentvolume "${name}" not found`
export const classNotFound = (name: string): string => `storageclass.storage.k8s.io "${name}" not found`
