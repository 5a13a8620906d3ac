import type { LabelSelector } from '../api/labels.ts'
import type { KubeObject, ObjectReference } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { ResourceList } from '../api/quantity.ts'
import type { NodeSelector } from '../api/scheduling.ts'
import type { Volume } from '../api/volume.ts'
import type { Objects } from './plugin.ts'

/** What the scheduler reads of storage objects; the whole types belong to their kinds. */
export interface PersistentVolumeClaim extends KubeObject {
  readonly spec: {
    readonly accessModes?: readonly string[]
    readonly resources?: { readonly requests?: ResourceList }
    readonly selector?: LabelSelector
    readonly storageClassName?: string
    readonly volumeName?: string
    readonly volumeMode?: string
    readonly volumeAttributesClassName?: string
  }
  readonly status?: { readonly phase?: string }
}

export interface PersistentVolume extends KubeObject {
  readonly spec: {
    readonly accessModes?: readonly string[]
    readonly capacity?: ResourceList
    readonly claimRef?: ObjectReference
    readonly csi?: { readonly driver: string; readonly volumeHandle: string }
    readonly nodeAffinity?: { readonly required?: NodeSelector }
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly volumeAttributesClassName?: string
  }
  readonly status?: { readonly phase?: string }
}

export interface StorageClass extends KubeObject {
  readonly provisioner: string
  readonly volumeBindingMode?: string
  readonly allowedTopologies?: readonly { readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[] }[]
}

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

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'
export const WAIT_FOR_FIRST_CONSUMER = 'WaitForFirstConsumer'

/** The class that a claim or a volume names; the old annotation wins. */
export const classOf = (object: PersistentVolumeClaim | PersistentVolume): string =>
  object.metadata.annotations?.[CLASS_ANNOTATION] ?? object.spec.storageClassName ?? ''

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
