/** The driver behind the class "standard": a block storage with zones, snapshots, expansion and limited room. */
export const DISK_DRIVER = 'disk.csi.orrery.dev'
export const STANDARD_CLASS = 'standard'
export const ZONE = 'topology.kubernetes.io/zone'
/** File servers are driven by the nodes alone; they take part in the conversation under this name. */
export const NFS_DRIVER = 'nfs'

/**
 * Drivers of clouds to which in-tree names migrate. The modelled storage answers to them as well, without zones and limits, so that
 * examples with `kubernetes.io/gce-pd` and the like get their volumes.
 */
const CLOUD_DRIVERS = [
  'ebs.csi.aws.com', 'disk.csi.azure.com', 'file.csi.azure.com', 'cinder.csi.openstack.org', 'pd.csi.storage.gke.io', 'pxd.portworx.com', 'csi.vsphere.vmware.com', 'rbd.csi.ceph.com',
]
const SERVED: ReadonlySet<string> = new Set([DISK_DRIVER, ...CLOUD_DRIVERS])
export const isServed = (driver: string | undefined): driver is string => driver !== undefined && SERVED.has(driver)
/** In one zone of a new cluster. */
export const ZONE_GIBIBYTES = 500

/** What sidecars call themselves in events: driver, pod, and an identity. */
export const componentOf = (sidecar: string): string => `${DISK_DRIVER}_csi-controller-0_${sidecar}`
/** The finalizer by which the attacher holds volumes and attachments. */
export const attacherFinalizer = (driver: string): string => `external-attacher/${driver.replaceAll('.', '-')}`
export const PROVISIONER_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
