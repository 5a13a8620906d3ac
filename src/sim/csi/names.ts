/** The driver behind the class "standard": a block storage with zones, snapshots, expansion and limited room. */
export const DISK_DRIVER = 'disk.csi.orrery.dev'
export const STANDARD_CLASS = 'standard'
export const ZONE = 'topology.kubernetes.io/zone'
/** In one zone of a new cluster. */
export const ZONE_GIBIBYTES = 500

/** What sidecars call themselves in events: driver, pod, and an identity. */
export const componentOf = (sidecar: string): string => `${DISK_DRIVER}_csi-controller-0_${sidecar}`
/** The finalizer by which the attacher holds volumes and attachments. */
export const ATTACHER_FINALIZER = `external-attacher/${DISK_DRIVER.replaceAll('.', '-')}`
export const PROVISIONER_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
