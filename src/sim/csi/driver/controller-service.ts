import { sha256Hex } from '../../api/sha256.ts'
import type { RpcAnswer, RpcError } from '../../client/storage/csi-wire.ts'
import type { Disk } from '../../client/storage/disks.ts'
import type { Micros } from '../../engine/time.ts'
import type { StorageState } from './state.ts'

const MI = 1_048_576
export const GI = 1_073_741_824

export interface CreateVolumeRequest {
  readonly name: string
  readonly requiredBytes: number
  readonly limitBytes?: number
  /** Zones in the order in which they are wanted; the volume must be in one of them. */
  readonly zones?: readonly string[]
  readonly source?: { readonly snapshot: string } | { readonly volume: string }
}

export interface CreatedVolume {
  readonly volumeId: string
  readonly bytes: number
  readonly zone?: string
}

const refuse = (code: RpcError['code'], desc: string): RpcError => ({ code, desc })
const idOf = (driver: string, prefix: string, name: string): string => `${prefix}-${sha256Hex(`${driver}/${name}`).slice(0, 12)}`
const gibibytes = (bytes: number): string => `${Math.round((bytes * 10) / GI) / 10}Gi`

/** CreateVolume: the same name gives the same volume, however often it is asked for. */
export function createVolume(state: StorageState, driver: string, request: CreateVolumeRequest): RpcAnswer<CreatedVolume> {
  const id = idOf(driver, 'vol', request.name)
  const bytes = Math.max(Math.ceil(request.requiredBytes / MI) * MI, MI)
  const known = state.disks.get(id)
  if (known) return known.bytes >= request.requiredBytes ? { ok: describe(known) } : refuse('AlreadyExists', `volume ${request.name} exists with ${gibibytes(known.bytes)}`)
  if (request.limitBytes !== undefined && bytes > request.limitBytes) return refuse('OutOfRange', `${gibibytes(bytes)} is more than the limit`)
  const source = sourceOf(state, request.source)
  if (source && 'code' in source) return source
  if (source && source.bytes > bytes) return refuse('OutOfRange', `requested volume size ${gibibytes(bytes)} is less than the size ${gibibytes(source.bytes)} for the source`)
  const all = state.zones(driver)
  const wanted = request.zones?.length ? request.zones.filter((zone) => all.includes(zone)) : all
  const zone = wanted.find((candidate) => state.free(driver, candidate) >= bytes)
  if (all.length > 0 && zone === undefined) return refuse('ResourceExhausted', `not enough free space for ${gibibytes(bytes)}: ${wanted.map((z) => `${z} has ${gibibytes(state.free(driver, z))}`).join(', ') || 'no such zone'}`)
  const disk: Disk = { id, driver, name: request.name, bytes, formatted: source?.formatted ?? 0, ...(zone === undefined ? {} : { zone }), attached: [] }
  state.disks.set(id, disk)
  if (source) state.setFiles(id, source.files)
  return { ok: describe(disk) }
}

const describe = ({ id, bytes, zone }: Disk): CreatedVolume => ({ volumeId: id, bytes, ...(zone === undefined ? {} : { zone }) })

function sourceOf(state: StorageState, source: CreateVolumeRequest['source']): { readonly bytes: number; readonly formatted: number; readonly files: unknown } | RpcError | undefined {
  if (!source) return undefined
  if ('snapshot' in source) return state.snapshots.get(source.snapshot) ?? refuse('NotFound', `snapshot ${source.snapshot} does not exist`)
  const disk = state.disks.get(source.volume)
  return disk ? { ...disk, files: state.filesOf(disk.id) } : refuse('NotFound', `volume ${source.volume} does not exist`)
}

/** DeleteVolume: of one that is gone already it is a success, of one that is attached a refusal. */
export function deleteVolume(state: StorageState, volumeId: string): RpcAnswer<null> {
  const disk = state.disks.get(volumeId)
  if (disk && disk.attached.length > 0) return refuse('FailedPrecondition', `volume ${volumeId} is attached to ${disk.attached.join(', ')}`)
  state.disks.delete(volumeId)
  state.setFiles(volumeId, undefined)
  return { ok: null }
}

/** In a cloud people make disks by themselves and name them in volumes: what is named there is taken to be one. */
function madeByHand(state: StorageState, driver: string, id: string, bytes: number): Disk | undefined {
  return state.zones(driver).length > 0 ? undefined : { id, driver, name: id, bytes, formatted: 0, attached: [] }
}

/** ControllerPublishVolume: the disk becomes a device of the node. */
export function publishVolume(state: StorageState, driver: string, volumeId: string, node: string, shared: boolean, bytes: number): RpcAnswer<{ readonly devicePath: string }> {
  const disk = state.disks.get(volumeId) ?? madeByHand(state, driver, volumeId, bytes)
  const zone = state.nodes.get(`${driver}/${node}`)
  if (!disk) return refuse('NotFound', `volume ${volumeId} does not exist`)
  if (zone === undefined && state.zones(driver).length > 0) return refuse('NotFound', `node ${node} is not known to the storage system`)
  const ok = { ok: { devicePath: `/dev/disk/by-id/${volumeId}` } }
  if (disk.attached.includes(node)) return ok
  if (disk.zone !== undefined && disk.zone !== zone) return refuse('InvalidArgument', `volume ${volumeId} is in ${disk.zone}, node ${node} is in ${zone}`)
  if (disk.attached.length > 0 && !shared) return refuse('FailedPrecondition', `volume ${volumeId} is already attached to node ${disk.attached[0]}`)
  state.disks.set(volumeId, { ...disk, attached: [...disk.attached, node].sort() })
  return ok
}

/** ControllerUnpublishVolume: even from a node that does not answer; what it had not written is not there. */
export function unpublishVolume(state: StorageState, driver: string, volumeId: string, node: string): RpcAnswer<null> {
  const disk = state.disks.get(volumeId)
  if (disk?.attached.includes(node)) state.disks.set(volumeId, { ...disk, attached: disk.attached.filter((n) => n !== node) })
  state.mounts.delete(`${driver}/${node}/${volumeId}`)
  return { ok: null }
}

/** ControllerExpandVolume: the disk grows; the file system on it has to follow on the node. */
export function expandVolume(state: StorageState, driver: string, volumeId: string, requiredBytes: number): RpcAnswer<{ readonly bytes: number; readonly nodeExpansionRequired: boolean }> {
  const disk = state.disks.get(volumeId)
  if (!disk) return refuse('NotFound', `volume ${volumeId} does not exist`)
  const bytes = Math.ceil(requiredBytes / MI) * MI
  if (bytes > disk.bytes) {
    const more = bytes - disk.bytes
    if (disk.zone !== undefined && state.free(driver, disk.zone) < more) return refuse('ResourceExhausted', `${disk.zone} has only ${gibibytes(state.free(driver, disk.zone))} left`)
    state.disks.set(volumeId, { ...disk, bytes })
  }
  return { ok: { bytes: Math.max(bytes, disk.bytes), nodeExpansionRequired: true } }
}

export interface MadeSnapshot {
  readonly snapshotId: string
  readonly bytes: number
  readonly at: Micros
}

/** CreateSnapshot: what is on the disk at this instant. */
export function createSnapshot(state: StorageState, driver: string, name: string, volumeId: string, now: Micros): RpcAnswer<MadeSnapshot> {
  const id = idOf(driver, 'snap', name)
  const known = state.snapshots.get(id)
  if (known) return { ok: { snapshotId: id, bytes: known.bytes, at: known.at } }
  const disk = state.disks.get(volumeId)
  if (!disk) return refuse('NotFound', `volume ${volumeId} does not exist`)
  state.snapshots.set(id, { id, driver, name, disk: volumeId, bytes: disk.bytes, formatted: disk.formatted, files: state.filesOf(volumeId), at: now })
  return { ok: { snapshotId: id, bytes: disk.bytes, at: now } }
}

export function deleteSnapshot(state: StorageState, snapshotId: string): RpcAnswer<null> {
  state.snapshots.delete(snapshotId)
  return { ok: null }
}
