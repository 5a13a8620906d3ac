import type { PersistentVolume, VolumeSpec } from './objects.ts'

/** In-tree plugins whose work CSI drivers do since v1.27 at the latest (csi-translation-lib, translate.go). */
const MIGRATED: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
}

/** Plugins that Kubernetes has removed for good. */
const REMOVED = ['kubernetes.io/cephfs', 'kubernetes.io/flocker', 'kubernetes.io/glusterfs', 'kubernetes.io/quobyte', 'kubernetes.io/rbd', 'kubernetes.io/scaleio', 'kubernetes.io/storageos']

/** The CSI driver that does the work of an in-tree plugin; undefined for a name that is none of those. */
export const csiNameOf = (plugin: string): string | undefined => MIGRATED[plugin]
export const isRemovedPlugin = (plugin: string): boolean => REMOVED.includes(plugin)
export const isInTreeName = (provisioner: string): boolean => provisioner.startsWith('kubernetes.io/')

/** Which member of a volume's spec belongs to which plugin. */
const SOURCES: readonly (readonly [keyof VolumeSpec, string])[] = [
  ['awsElasticBlockStore', 'kubernetes.io/aws-ebs'], ['azureDisk', 'kubernetes.io/azure-disk'], ['azureFile', 'kubernetes.io/azure-file'],
  ['cinder', 'kubernetes.io/cinder'], ['gcePersistentDisk', 'kubernetes.io/gce-pd'], ['portworxVolume', 'kubernetes.io/portworx-volume'],
  ['vsphereVolume', 'kubernetes.io/vsphere-volume'], ['csi', 'kubernetes.io/csi'], ['hostPath', 'kubernetes.io/host-path'], ['nfs', 'kubernetes.io/nfs'],
  ['local', 'kubernetes.io/local-volume'], ['iscsi', 'kubernetes.io/iscsi'], ['fc', 'kubernetes.io/fc'], ['rbd', 'kubernetes.io/rbd'],
  ['cephfs', 'kubernetes.io/cephfs'], ['glusterfs', 'kubernetes.io/glusterfs'], ['flexVolume', 'kubernetes.io/flexvolume'],
]

/** The plugin of a volume's source, e.g. "kubernetes.io/nfs"; '' for one that is unknown here. */
export const pluginOf = (spec: VolumeSpec): string => SOURCES.find(([member]) => spec[member] !== undefined)?.[1] ?? ''

/** The name by which a CSI driver knows an in-tree volume (csi-translation-lib, plugins/*.go). */
function handleOf({ metadata, spec }: PersistentVolume): string | undefined {
  const { awsElasticBlockStore, azureDisk, cinder, gcePersistentDisk, portworxVolume, vsphereVolume } = spec
  if (gcePersistentDisk) return `projects/UNSPECIFIED/zones/${zoneOf(metadata.labels)}/disks/${gcePersistentDisk.pdName}`
  return awsElasticBlockStore?.volumeID ?? azureDisk?.diskURI ?? cinder?.volumeID ?? portworxVolume?.volumeID ?? vsphereVolume?.volumePath
}

const zoneOf = (labels: Readonly<Record<string, string>> | undefined): string =>
  labels?.['topology.kubernetes.io/zone'] ?? labels?.['failure-domain.beta.kubernetes.io/zone'] ?? 'UNSPECIFIED'

/** Driver and handle of a volume that is CSI's, or that is migrated to it; undefined for all others. */
export function csiOf(volume: PersistentVolume): { readonly driver: string; readonly handle: string } | undefined {
  const { csi } = volume.spec
  if (csi) return { driver: csi.driver, handle: csi.volumeHandle }
  const driver = csiNameOf(pluginOf(volume.spec))
  const handle = driver && handleOf(volume)
  return driver && handle !== undefined ? { driver, handle } : undefined
}
