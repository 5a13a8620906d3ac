import { compareQuantities } from '../../api/quantity.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { requestOf, type Claim, type DataSource, type PersistentVolume } from '../../client/storage/objects.ts'
import type { VolumeSnapshot } from '../../kinds/volumesnapshot/index.ts'
import type { VolumeSnapshotContent } from '../../kinds/volumesnapshotcontent/index.ts'
import type { CreateVolumeRequest } from '../driver/controller-service.ts'

type Source = { readonly source: CreateVolumeRequest['source'] } | { readonly wait: string } | { readonly foreign: string }

/** What a new volume is to be filled with: nothing, a snapshot, another claim's volume; or who else would have to do it. */
export function sourceOf(ctx: ControllerContext, claim: Claim, driver: string): Source {
  const ref = claim.spec.dataSourceRef ?? claim.spec.dataSource
  if (!ref) return { source: undefined }
  if (ref.namespace && ref.namespace !== claim.metadata.namespace) return { foreign: `${ref.kind} in another namespace` }
  if (ref.kind === 'PersistentVolumeClaim' && !ref.apiGroup) return clone(ctx, claim, ref, driver)
  if (ref.kind === 'VolumeSnapshot' && ref.apiGroup === 'snapshot.storage.k8s.io') return restore(ctx, claim, ref, driver)
  return { foreign: `${ref.kind}.${ref.apiGroup ?? ''}` }
}

function clone(ctx: ControllerContext, claim: Claim, { name }: DataSource, driver: string): Source {
  const { namespace } = claim.metadata
  const origin = ctx.lister<Claim>('persistentvolumeclaims').get(namespace, name)
  const prefix = `error getting handle for DataSource Type PersistentVolumeClaim by Name ${name}:`
  if (!origin) return { wait: `${prefix} error getting PVC ${name} (namespace ${JSON.stringify(namespace)}) from api server: persistentvolumeclaim ${JSON.stringify(name)} not found` }
  const volume = origin.spec.volumeName ? ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, origin.spec.volumeName) : undefined
  if (!volume || origin.status?.phase !== 'Bound') return { wait: `${prefix} the PVC ${name} is not bound` }
  if (volume.spec.csi?.driver !== driver) return { wait: `${prefix} the source volume CSI driver does not match with the requested CSI driver` }
  if (compareQuantities(requestOf(claim), requestOf(origin)) < 0) return { wait: `${prefix} new PVC request must be greater than or equal in size to the specified PVC data source, requested ${requestOf(claim)} but source is ${requestOf(origin)}` }
  return { source: { volume: volume.spec.csi.volumeHandle } }
}

function restore(ctx: ControllerContext, claim: Claim, { name }: DataSource, driver: string): Source {
  const prefix = `error getting handle for DataSource Type VolumeSnapshot by Name ${name}:`
  const snapshot = ctx.lister<VolumeSnapshot>('volumesnapshots').get(claim.metadata.namespace, name)
  if (!snapshot) return { wait: `${prefix} error getting snapshot ${name} from api server: volumesnapshots.snapshot.storage.k8s.io ${JSON.stringify(name)} not found` }
  const content = snapshot.status?.boundVolumeSnapshotContentName
    ? ctx.lister<VolumeSnapshotContent>('volumesnapshotcontents').get(undefined, snapshot.status.boundVolumeSnapshotContentName)
    : undefined
  if (!content) return { wait: `${prefix} snapshot ${name} not bound` }
  if (content.spec.driver !== driver) return { wait: `${prefix} VolumeSnapshotContent ${content.metadata.name} is not of the driver ${driver}` }
  if (!snapshot.status?.readyToUse || !content.status?.snapshotHandle) return { wait: `${prefix} snapshot ${name} is not Ready` }
  return { source: { snapshot: content.status.snapshotHandle } }
}
