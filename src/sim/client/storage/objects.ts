import type { LabelSelector } from '../../api/labels.ts'
import type { Condition, KubeObject, ObjectReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { ResourceList } from '../../api/quantity.ts'
import type { NodeSelector } from '../../api/scheduling.ts'
import type { Volume } from '../../api/volume.ts'

/** What actors read and write of storage objects; structure and validation of the whole belong to their kinds. */
export interface Claim extends KubeObject {
  readonly spec: ClaimSpec
  readonly status?: ClaimStatus
}

export interface ClaimSpec {
  readonly accessModes?: readonly string[]
  readonly dataSource?: DataSource
  readonly dataSourceRef?: DataSource
  readonly resources?: { readonly limits?: ResourceList; readonly requests?: ResourceList }
  readonly selector?: LabelSelector
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly volumeMode?: string
  readonly volumeName?: string
}

export interface DataSource {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface ClaimStatus {
  readonly accessModes?: readonly string[]
  readonly allocatedResourceStatuses?: Readonly<Record<string, string>>
  readonly allocatedResources?: ResourceList
  readonly capacity?: ResourceList
  readonly conditions?: readonly Condition[]
  readonly currentVolumeAttributesClassName?: string
  readonly modifyVolumeStatus?: { readonly status: string; readonly targetVolumeAttributesClassName?: string }
  readonly phase?: string
}

export interface PersistentVolume extends KubeObject {
  readonly spec: VolumeSpec
  readonly status?: { readonly phase?: string; readonly message?: string; readonly reason?: string; readonly lastPhaseTransitionTime?: string }
}

export interface VolumeSpec extends Omit<Volume, 'name' | 'csi' | 'persistentVolumeClaim' | 'ephemeral'> {
  readonly accessModes?: readonly string[]
  readonly capacity?: ResourceList
  readonly claimRef?: ObjectReference
  readonly csi?: CsiSource
  readonly local?: { readonly path: string; readonly fsType?: string }
  readonly mountOptions?: readonly string[]
  readonly nodeAffinity?: { readonly required?: NodeSelector }
  readonly persistentVolumeReclaimPolicy?: string
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly volumeMode?: string
}

export interface CsiSource {
  readonly driver: string
  readonly volumeHandle: string
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly volumeAttributes?: Readonly<Record<string, string>>
}

export interface StorageClass extends KubeObject {
  readonly provisioner: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly reclaimPolicy?: string
  readonly mountOptions?: readonly string[]
  readonly allowVolumeExpansion?: boolean
  readonly volumeBindingMode?: string
  readonly allowedTopologies?: readonly { readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[] }[]
}

export interface VolumeAttachment extends KubeObject {
  readonly spec: { readonly attacher: string; readonly nodeName: string; readonly source: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: VolumeSpec } }
  readonly status?: AttachmentStatus
}

export interface AttachmentStatus {
  readonly attached: boolean
  readonly attachError?: VolumeError
  readonly attachmentMetadata?: Readonly<Record<string, string>>
  readonly detachError?: VolumeError
}

export interface VolumeError {
  readonly errorCode?: number
  readonly message?: string
  readonly time?: string
}

export interface CsiDriver extends KubeObject {
  readonly spec: { readonly attachRequired?: boolean; readonly podInfoOnMount?: boolean; readonly storageCapacity?: boolean; readonly fsGroupPolicy?: string }
}

export interface CsiNode extends KubeObject {
  readonly spec: { readonly drivers: readonly { readonly name: string; readonly nodeID: string; readonly topologyKeys?: readonly string[]; readonly allocatable?: { readonly count?: number } }[] }
}

const core = (resource: string) => ({ group: '', version: 'v1', resource }) as const
const storage = (resource: string) => ({ group: 'storage.k8s.io', version: 'v1', resource }) as const

export const CLAIMS = core('persistentvolumeclaims')
export const VOLUMES = core('persistentvolumes')
export const STORAGE_CLASSES = storage('storageclasses')
export const VOLUME_ATTACHMENTS = storage('volumeattachments')
export const CSI_DRIVERS = storage('csidrivers')
export const CSI_NODES = storage('csinodes')
export const VOLUME_ATTRIBUTES_CLASSES = storage('volumeattributesclasses')

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
export const MIGRATED_TO = 'pv.kubernetes.io/migrated-to'
export const PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
export const BETA_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner'
export const PRE_RESIZE_CAPACITY = 'volume.alpha.kubernetes.io/pre-resize-capacity'
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'
const BETA_DEFAULT_CLASS = 'storageclass.beta.kubernetes.io/is-default-class'

/** The class that a claim or a volume names; the old annotation wins. */
export const classOf = (object: Claim | PersistentVolume): string => object.metadata.annotations?.[BETA_CLASS] ?? object.spec.storageClassName ?? ''

/** Does the claim say anything about its class, be it that it wants none? */
export const saysClass = (claim: Claim): boolean => claim.metadata.annotations?.[BETA_CLASS] !== undefined || claim.spec.storageClassName !== undefined

export const isDefaultClass = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[DEFAULT_CLASS] === 'true' || metadata.annotations?.[BETA_DEFAULT_CLASS] === 'true'

/** Of several default classes the newest, then the first by name (pkg/volume/util, storageclass.go). */
export function defaultClass(classes: readonly StorageClass[]): StorageClass | undefined {
  let best: StorageClass | undefined
  for (const cls of classes) {
    if (!isDefaultClass(cls)) continue
    if (!best || created(cls) > created(best) || (created(cls) === created(best) && cls.metadata.name < best.metadata.name)) best = cls
  }
  return best
}

const created = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? ''

/** Does the claim wait until a pod that uses it has got a node? (component-helpers/storage/volume, pv_helpers.go: IsDelayBindingMode) */
export const waitsForConsumer = (cls: StorageClass | undefined): boolean => cls?.volumeBindingMode === 'WaitForFirstConsumer'

export const sizeOf = ({ spec }: PersistentVolume): string => spec.capacity?.['storage'] ?? '0'
export const requestOf = ({ spec }: Claim): string => spec.resources?.requests?.['storage'] ?? '0'
export const modeOf = ({ spec }: Claim | PersistentVolume): string => spec.volumeMode ?? 'Filesystem'

/** Does the volume point at the claim, by name or also by uid? */
export function isBoundTo({ spec: { claimRef } }: PersistentVolume, { metadata }: Claim): boolean {
  if (!claimRef || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false
  return !claimRef.uid || claimRef.uid === metadata.uid
}

/** The claim behind a volume of a pod, if there is one; that of a generic ephemeral volume has a computed name. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName ?? ''
  return volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : undefined
}

/** "ns/name" of the claims of a pod. */
export function claimKeys(pod: Pod): readonly string[] {
  const { volumes } = pod.spec
  if (!volumes) return NONE
  let keys: string[] | undefined
  for (const volume of volumes) {
    const name = claimNameOf(pod, volume)
    if (name !== undefined) (keys ??= []).push(`${pod.metadata.namespace}/${name}`)
  }
  return keys ?? NONE
}

const NONE: readonly string[] = []

/** Has the pod ended, so that it uses no volume any more (pkg/volume/util: IsPodTerminated)? */
export function isTerminated({ metadata, status }: Pod): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return true
  const rests = (list: readonly { readonly state?: { readonly running?: unknown } }[] | undefined): boolean => (list ?? []).every(({ state }) => !state?.running)
  return metadata.deletionTimestamp !== undefined && rests(status?.initContainerStatuses) && rests(status?.containerStatuses) && rests(status?.ephemeralContainerStatuses)
}

export const withAnnotations = <T extends KubeObject>(object: T, annotations: Readonly<Record<string, string>>): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
})
