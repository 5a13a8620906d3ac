import { withoutCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'
import type { NFSVolumeSource, Volume } from '../../api/volume.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must } from '../../client/must.ts'
import { get, patch } from '../../client/request.ts'
import { attachmentName } from '../../client/storage/attachments.ts'
import { rpc, rpcErrorText } from '../../client/storage/csi-wire.ts'
import { csiOf } from '../../client/storage/in-tree.ts'
import { diskFileSystem, diskOf, type MountedVolume } from '../../client/storage/disks.ts'
import { CLAIMS, sizeOf, type Claim, type PersistentVolume, type VolumeAttachment } from '../../client/storage/objects.ts'
import { value } from '../../api/quantity.ts'
import { isServed, NFS_DRIVER } from '../names.ts'
import { drop, markInUse } from './in-use.ts'

export type Done = { readonly mounted: MountedVolume } | { readonly problem?: string }
interface Behind {
  readonly claim: Claim
  readonly volume: PersistentVolume
}

/** Brings one volume into a pod, as far as that is possible now. `before`: it is there already, but may have grown. */
export function mountVolume(ctx: ControllerContext, node: string, pod: Pod, asked: Volume, { claim, volume }: Behind, before: MountedVolume | undefined): Done {
  const { spec, metadata } = volume
  const readOnly = asked.persistentVolumeClaim?.readOnly ?? false
  const at = (fs: string, path: string, bytes: number, from?: string): Done => ({ mounted: { fs, path, readOnly, bytes, ...(from ? { driver: from } : {}) } })
  if (spec.local) return at(`host/${node}`, spec.local.path, 0)
  if (spec.hostPath) return at(`host/${node}`, spec.hostPath.path, 0)
  if (spec.nfs) return before ? { mounted: before } : mountNfs(ctx, node, pod, metadata.name, spec.nfs, readOnly)
  const csi = csiOf(volume)
  if (!csi) return { problem: `MountVolume.SetUp failed for volume ${JSON.stringify(metadata.name)} : no volume plugin matched` }
  const { driver, handle: volumeId } = csi
  const unique = `kubernetes.io/csi/${driver}^${volumeId}`
  const uid = pod.metadata.uid ?? ''
  markInUse(ctx, node, unique, uid)
  if (!isServed(driver)) {
    const why = `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${driver} not found in the list of registered CSI drivers`
    return { problem: `MountVolume.MountDevice failed for volume ${JSON.stringify(metadata.name)} : ${why}` }
  }
  if (!isAttached(ctx, volumeId, driver, node)) return {}
  if (!before) {
    const staged = rpc(ctx, driver, 'NodeStageVolume', { volumeId, nodeId: node })
    if (!('ok' in staged)) return { problem: `MountVolume.MountDevice failed for volume ${JSON.stringify(metadata.name)} : ${rpcErrorText(staged)}` }
    const published = rpc(ctx, driver, 'NodePublishVolume', { volumeId, nodeId: node, pod: uid })
    if (!('ok' in published)) return { problem: `MountVolume.SetUp failed for volume ${JSON.stringify(metadata.name)} : ${rpcErrorText(published)}` }
  }
  grow(ctx, node, pod, claim, volume, driver, volumeId)
  return at(diskFileSystem(volumeId), '/', value(sizeOf(volume)), driver)
}

/** A share of a file server: there is nothing to attach or to format (pkg/volume/nfs, nfs.go). */
export function mountNfs(ctx: ControllerContext, node: string, pod: Pod, name: string, { server, path, readOnly }: NFSVolumeSource, asked: boolean): Done {
  const share = `${server}:${path}`
  const answer = rpc(ctx, NFS_DRIVER, 'NodePublishVolume', { volumeId: share, nodeId: node, pod: pod.metadata.uid ?? '' })
  if ('ok' in answer) return { mounted: { fs: diskFileSystem(share), path: '/', readOnly: asked || (readOnly ?? false), bytes: 0, driver: NFS_DRIVER } }
  const target = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~nfs/${name}`
  return { problem: `MountVolume.SetUp failed for volume ${JSON.stringify(name)} : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${share} ${target}\nOutput: mount.nfs: ${answer.desc} for ${share} on ${target}\n` }
}

const isAttached = (ctx: ControllerContext, handle: string, driver: string, node: string): boolean =>
  ctx.lister<VolumeAttachment>('volumeattachments').get(undefined, attachmentName(handle, driver, node))?.status?.attached === true

/** The disk has grown: the file system follows, and the claim gets its size (operationexecutor: NodeExpandVolume). */
function grow(ctx: ControllerContext, node: string, pod: Pod, claim: Claim, volume: PersistentVolume, driver: string, volumeId: string): void {
  if (claim.status?.allocatedResourceStatuses?.['storage'] !== 'NodeResizePending') return
  const answer = rpc(ctx, driver, 'NodeExpandVolume', { volumeId, nodeId: node })
  if (!('ok' in answer)) return
  const fresh = must(ctx.call<Claim>(get(CLAIMS, claim.metadata.namespace, claim.metadata.name)))
  const conditions = withoutCondition(withoutCondition(fresh.status?.conditions, 'FileSystemResizePending'), 'Resizing')
  must(ctx.call(patch(CLAIMS, fresh, { status: { capacity: { storage: sizeOf(volume) }, allocatedResourceStatuses: null, conditions: conditions.length > 0 ? conditions : null } } as never, 'merge', 'status')))
  for (const about of [pod, claim]) ctx.event(about, 'Normal', 'FileSystemResizeSuccessful', `MountVolume.NodeExpandVolume succeeded for volume ${JSON.stringify(volume.metadata.name)} ${node}`)
}

/** Takes a volume out of a pod, and off the node when no other pod has it. */
export function unmountVolume(ctx: ControllerContext, node: string, uid: string, { fs, driver }: MountedVolume): void {
  const volumeId = diskOf(fs)
  if (volumeId === undefined || driver === undefined) return
  rpc(ctx, driver, 'NodeUnpublishVolume', { volumeId, nodeId: node, pod: uid })
  if (driver === NFS_DRIVER) return
  rpc(ctx, driver, 'NodeUnstageVolume', { volumeId, nodeId: node })
  drop(ctx, node, `kubernetes.io/csi/${driver}^${volumeId}`, uid)
}
