import type { RpcAnswer, RpcError } from '../../client/storage/csi-wire.ts'
import { NFS_DRIVER } from '../names.ts'
import type { StorageState } from './state.ts'

const refuse = (code: RpcError['code'], desc: string): RpcError => ({ code, desc })
const keyOf = (driver: string, node: string, volumeId: string): string => `${driver}/${node}/${volumeId}`
const STAGED = 'staged'

/** NodeGetInfo: where the node is; the storage system remembers it. */
export function nodeInfo(state: StorageState, driver: string, node: string, zone: string): RpcAnswer<{ readonly nodeId: string; readonly maxVolumes: number; readonly zone: string }> {
  state.nodes.set(`${driver}/${node}`, zone)
  return { ok: { nodeId: node, maxVolumes: 25, zone } }
}

/** NodeStageVolume: a file system is made where there is none, and mounted once for the node. */
export function stageVolume(state: StorageState, driver: string, node: string, volumeId: string): RpcAnswer<{ readonly formatted: boolean }> {
  const disk = state.disks.get(volumeId)
  if (!disk) return refuse('NotFound', `volume ${volumeId} does not exist`)
  if (!disk.attached.includes(node)) return refuse('FailedPrecondition', `device /dev/disk/by-id/${volumeId} is not there`)
  const key = keyOf(driver, node, volumeId)
  const isNew = disk.formatted === 0
  if (isNew) state.disks.set(volumeId, { ...disk, formatted: disk.bytes })
  if (!state.mounts.has(key)) state.mounts.set(key, [STAGED])
  return { ok: { formatted: isNew } }
}

/** NodePublishVolume: the mount is bound into one pod's directory. */
export function publishOnNode(state: StorageState, driver: string, node: string, volumeId: string, pod: string): RpcAnswer<null> {
  const key = keyOf(driver, node, volumeId)
  // A file server has its shares from the start; what is mounted first is when we hear of it.
  if (driver === NFS_DRIVER && !state.disks.has(volumeId)) state.disks.set(volumeId, { id: volumeId, driver, name: volumeId, bytes: 0, formatted: 1, attached: [] })
  const mounts = state.mounts.get(key) ?? (driver === NFS_DRIVER ? [] : undefined)
  if (!mounts) return refuse('FailedPrecondition', `volume ${volumeId} is not staged on ${node}`)
  if (!mounts.includes(pod)) state.mounts.set(key, [...mounts, pod])
  return { ok: null }
}

export function unpublishOnNode(state: StorageState, driver: string, node: string, volumeId: string, pod: string): RpcAnswer<null> {
  const key = keyOf(driver, node, volumeId)
  const mounts = state.mounts.get(key)
  if (mounts?.includes(pod)) state.mounts.set(key, mounts.filter((m) => m !== pod))
  return { ok: null }
}

/** NodeUnstageVolume: refused while a pod has it. */
export function unstageVolume(state: StorageState, driver: string, node: string, volumeId: string): RpcAnswer<null> {
  const key = keyOf(driver, node, volumeId)
  const mounts = state.mounts.get(key) ?? []
  if (mounts.some((m) => m !== STAGED)) return refuse('Internal', `umount: /var/lib/kubelet/plugins/kubernetes.io/csi/${driver}/globalmount: target is busy.`)
  state.mounts.delete(key)
  return { ok: null }
}

/** NodeExpandVolume: the file system takes the room that the disk has got. */
export function expandOnNode(state: StorageState, driver: string, node: string, volumeId: string): RpcAnswer<{ readonly bytes: number }> {
  const disk = state.disks.get(volumeId)
  if (!disk) return refuse('NotFound', `volume ${volumeId} does not exist`)
  if (!state.mounts.has(keyOf(driver, node, volumeId))) return refuse('FailedPrecondition', `volume ${volumeId} is not staged on ${node}`)
  state.disks.set(volumeId, { ...disk, formatted: disk.bytes })
  return { ok: { bytes: disk.bytes } }
}
