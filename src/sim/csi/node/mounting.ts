import { withoutCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'
import type { Volume } from '../../api/volume.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must } from '../../client/must.ts'
import { get, patch } from '../../client/request.ts'
import { rpc, rpcErrorText } from '../../client/storage/csi-wire.ts'
import { diskFileSystem, type MountedVolume } from '../../client/storage/disks.ts'
import { CLAIMS, sizeOf, type Claim, type PersistentVolume, type VolumeAttachment } from '../../client/storage/objects.ts'
import { value } from '../../api/quantity.ts'
import { DISK_DRIVER } from '../names.ts'
import { drop, use } from './in-use.ts'

type Done = { readonly mounted: MountedVolume } | { readonly problem?: string }
interface Behind {
  readonly claim: Claim
  readonly volume: PersistentVolume
}

/** Brings one volume into a pod, as far as that is possible now. `before`: it is there already, but may have grown. */
export function mountVolume(ctx: ControllerContext, node: string, pod: Pod, asked: Volume, { claim, volume }: Behind, before: MountedVolume | undefined): Done {
  const { spec, metadata } = volume
  const readOnly = asked.persistentVolumeClaim?.readOnly ?? false
  const at = (fs: string, path: string, bytes: number): Done => ({ mounted: { fs, path, readOnly, bytes } })
  if (spec.local) return at(`host/${node}`, spec.local.path, 0)
  if (spec.hostPath) return at(`host/${node}`, spec.hostPath.path, 0)
  if (spec.nfs) return at(diskFileSystem(`${spec.nfs.server}:${spec.nfs.path}`), '/', 0)
  if (!spec.csi) return { problem: `MountVolume.SetUp failed for volume ${JSON.stringify(metadata.name)} : no volume plugin matched` }
  const { driver, volumeHandle: volumeId } = spec.csi
  const unique = `kubernetes.io/csi/${driver}^${volumeId}`
  const uid = pod.metadata.uid ?? ''
  use(ctx, node, unique, uid)
  if (driver !== DISK_DRIVER) {
    const why = `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${driver} not found in the list of registered CSI drivers`
    return { problem: `MountVolume.MountDevice failed for volume ${JSON.stringify(metadata.name)} : ${why}` }
  }
  if (!isAttached(ctx, metadata.name, node)) return {}
  if (!before) {
    const staged = rpc(ctx, driver, 'NodeStageVolume', { volumeId, nodeId: node })
    if (!('ok' in staged)) return { problem: `MountVolume.MountDevice failed for volume ${JSON.stringify(metadata.name)} : ${rpcErrorText(staged)}` }
    const published = rpc(ctx, driver, 'NodePublishVolume', { volumeId, nodeId: node, pod: uid })
    if (!('ok' in published)) return { problem: `MountVolume.SetUp failed for volume ${JSON.stringify(metadata.name)} : ${rpcErrorText(published)}` }
  }
  grow(ctx, node, pod, claim, volume, volumeId)
  return at(diskFileSystem(volumeId), '/', value(sizeOf(volume)))
}

const isAttached = (ctx: ControllerContext, volume: string, node: string): boolean =>
  ctx.lister<VolumeAttachment>('volumeattachments').list().some((a) => a.spec.nodeName === node && a.spec.source.persistentVolumeName === volume && a.status?.attached === true)

/** The disk has grown: the file system follows, and the claim gets its size (operationexecutor: NodeExpandVolume). */
function grow(ctx: ControllerContext, node: string, pod: Pod, claim: Claim, volume: PersistentVolume, volumeId: string): void {
  if (claim.status?.allocatedResourceStatuses?.['storage'] !== 'NodeResizePending') return
  const answer = rpc(ctx, DISK_DRIVER, 'NodeExpandVolume', { volumeId, nodeId: node })
  if (!('ok' in answer)) return
  const fresh = must(ctx.call<Claim>(get(CLAIMS, claim.metadata.namespace, claim.metadata.name)))
  const conditions = withoutCondition(withoutCondition(fresh.status?.conditions, 'FileSystemResizePending'), 'Resizing')
  must(ctx.call(patch(CLAIMS, fresh, { status: { capacity: { storage: sizeOf(volume) }, allocatedResourceStatuses: null, conditions: conditions.length > 0 ? conditions : null } } as never, 'merge', 'status')))
  for (const about of [pod, claim]) ctx.event(about, 'Normal', 'FileSystemResizeSuccessful', `MountVolume.NodeExpandVolume succeeded for volume ${JSON.stringify(volume.metadata.name)} ${node}`)
}

/** Takes a volume out of a pod, and off the node when no other pod has it. */
export function unmountVolume(ctx: ControllerContext, node: string, uid: string, { fs }: MountedVolume): void {
  const volumeId = fs.startsWith('disk/') ? fs.slice('disk/'.length) : undefined
  if (volumeId === undefined || volumeId.includes(':/')) return
  rpc(ctx, DISK_DRIVER, 'NodeUnpublishVolume', { volumeId, nodeId: node, pod: uid })
  rpc(ctx, DISK_DRIVER, 'NodeUnstageVolume', { volumeId, nodeId: node })
  drop(ctx, node, `kubernetes.io/csi/${DISK_DRIVER}^${volumeId}`, uid)
}
