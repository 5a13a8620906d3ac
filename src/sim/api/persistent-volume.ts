import type { LocalObjectReference, ObjectReference, StringMap } from './meta.ts'
import type { ResourceList } from './quantity.ts'
import type { NodeSelectorTerm } from './scheduling.ts'
import type {
  AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, FCVolumeSource, FlockerVolumeSource, GCEPersistentDiskVolumeSource, HostPathVolumeSource, NFSVolumeSource,
  PhotonPersistentDiskVolumeSource, PortworxVolumeSource, QuobyteVolumeSource, VsphereVirtualDiskVolumeSource,
} from './volume.ts'

export interface SecretReference extends LocalObjectReference {
  readonly namespace?: string
}

export interface CSIPersistentVolumeSource {
  readonly driver: string
  readonly volumeHandle: string
  readonly readOnly?: boolean
  readonly fsType?: string
  readonly volumeAttributes?: StringMap
  readonly controllerPublishSecretRef?: SecretReference
  readonly nodeStageSecretRef?: SecretReference
  readonly nodePublishSecretRef?: SecretReference
  readonly controllerExpandSecretRef?: SecretReference
  readonly nodeExpandSecretRef?: SecretReference
}

export interface LocalVolumeSource {
  readonly path: string
  readonly fsType?: string
}

export interface ISCSIPersistentVolumeSource {
  readonly targetPortal: string
  readonly iqn: string
  readonly lun: number
  readonly iscsiInterface?: string
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly portals?: readonly string[]
  readonly chapAuthDiscovery?: boolean
  readonly chapAuthSession?: boolean
  readonly secretRef?: SecretReference
  readonly initiatorName?: string
}

export interface AzureFilePersistentVolumeSource {
  readonly secretName: string
  readonly shareName: string
  readonly readOnly?: boolean
  readonly secretNamespace?: string
}

export interface GlusterfsPersistentVolumeSource {
  readonly endpoints: string
  readonly path: string
  readonly readOnly?: boolean
  readonly endpointsNamespace?: string
}

interface WithSecret {
  readonly secretRef?: SecretReference
  readonly fsType?: string
  readonly readOnly?: boolean
}

export interface RBDPersistentVolumeSource extends WithSecret {
  readonly monitors: readonly string[]
  readonly image: string
  readonly pool?: string
  readonly user?: string
  readonly keyring?: string
}

export interface CinderPersistentVolumeSource extends WithSecret {
  readonly volumeID: string
}

export interface CephFSPersistentVolumeSource extends WithSecret {
  readonly monitors: readonly string[]
  readonly path?: string
  readonly user?: string
  readonly secretFile?: string
}

export interface FlexPersistentVolumeSource extends WithSecret {
  readonly driver: string
  readonly options?: StringMap
}

export interface ScaleIOPersistentVolumeSource extends WithSecret {
  readonly gateway: string
  readonly system: string
  readonly volumeName?: string
  readonly storageMode?: string
  readonly storagePool?: string
  readonly protectionDomain?: string
  readonly sslEnabled?: boolean
}

export interface StorageOSPersistentVolumeSource {
  readonly volumeName?: string
  readonly volumeNamespace?: string
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: { readonly name?: string; readonly namespace?: string }
}

/** Where the data of a persistent volume lies: one of these (core/v1 PersistentVolumeSource). */
export interface PersistentVolumeSource {
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource
  readonly azureDisk?: AzureDiskVolumeSource
  readonly azureFile?: AzureFilePersistentVolumeSource
  readonly cephfs?: CephFSPersistentVolumeSource
  readonly cinder?: CinderPersistentVolumeSource
  readonly csi?: CSIPersistentVolumeSource
  readonly fc?: FCVolumeSource
  readonly flexVolume?: FlexPersistentVolumeSource
  readonly flocker?: FlockerVolumeSource
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource
  readonly glusterfs?: GlusterfsPersistentVolumeSource
  readonly hostPath?: HostPathVolumeSource
  readonly iscsi?: ISCSIPersistentVolumeSource
  readonly local?: LocalVolumeSource
  readonly nfs?: NFSVolumeSource
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource
  readonly portworxVolume?: PortworxVolumeSource
  readonly quobyte?: QuobyteVolumeSource
  readonly rbd?: RBDPersistentVolumeSource
  readonly scaleIO?: ScaleIOPersistentVolumeSource
  readonly storageos?: StorageOSPersistentVolumeSource
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource
}

/** In the order in which Kubernetes looks at them. */
export const PERSISTENT_SOURCES = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'flocker', 'nfs', 'rbd', 'quobyte', 'cephfs', 'iscsi', 'cinder', 'fc', 'flexVolume', 'azureFile',
  'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk', 'scaleIO', 'local', 'storageos', 'csi',
] as const
export type PersistentSourceName = (typeof PERSISTENT_SOURCES)[number]

export interface VolumeNodeAffinity {
  readonly required?: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] }
}

/** core/v1 PersistentVolumeSpec. */
export interface PersistentVolumeSpec extends PersistentVolumeSource {
  readonly accessModes?: readonly string[]
  readonly capacity?: ResourceList
  readonly claimRef?: ObjectReference
  readonly mountOptions?: readonly string[]
  readonly nodeAffinity?: VolumeNodeAffinity
  readonly persistentVolumeReclaimPolicy?: 'Delete' | 'Recycle' | 'Retain'
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly volumeMode?: 'Block' | 'Filesystem'
}
