import type { KubeObject, StringMap, Time } from '../../api/meta.ts'
import type { PersistentVolumeSpec } from '../../api/persistent-volume.ts'

/** storage.k8s.io/v1 VolumeAttachment. */
export interface VolumeAttachment extends KubeObject<VolumeAttachmentSpec, VolumeAttachmentStatus> {
  readonly spec: VolumeAttachmentSpec
}

export interface VolumeAttachmentSpec {
  readonly attacher: string
  readonly nodeName: string
  readonly source: { readonly persistentVolumeName?: string; readonly inlineVolumeSpec?: PersistentVolumeSpec }
}

export interface VolumeError {
  readonly time?: Time | null
  readonly message?: string
  readonly errorCode?: number
}

export interface VolumeAttachmentStatus {
  readonly attached: boolean
  readonly attachmentMetadata?: StringMap
  readonly attachError?: VolumeError
  readonly detachError?: VolumeError
}
