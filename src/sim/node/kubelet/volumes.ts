import { base64Decode } from '../../api/base64.ts'
import type { KubeObject } from '../../api/meta.ts'
import { allContainers, type Pod } from '../../api/pod.ts'
import type { Volume, VolumeProjection } from '../../api/volume.ts'
import { diskOf } from '../../client/storage/disks.ts'
import { clockText } from '../linux/tools/clock.ts'
import { directory, file, lookUp, namesOf, withPath, type FsNode } from '../linux/fs.ts'
import { NODE_ROOT } from '../linux/node-root.ts'
import { atomicTree } from '../linux/pod-machine.ts'
import type { EventContext } from '../../engine/engine.ts'
import type { Micros } from '../../engine/time.ts'
import { allocatableOf, memoryVolumeSize } from './allocatable.ts'
import { fieldText, resourceText } from './files.ts'
import type { PodRow } from './state.ts'
import { currentToken } from './tokens.ts'
import { rowKey, type KubeletWorld } from './world.ts'

interface Data extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
  readonly spec?: Readonly<Record<string, unknown>>
}

/** A volume that is set up: its file system, where in it, and how a mount of it reads. */
export interface SetUp {
  readonly fs: string
  readonly from: string
  readonly type: string
  readonly source: string
  readonly options: string
  /** The content to lay down, where the kubelet writes it. */
  readonly tree?: FsNode
  readonly limit?: number
}

/** Why a volume is not there. `awaited`: whoever brings it will say when it is. */
export interface NotSetUp {
  readonly error: string
  readonly awaited?: true
}

type Files = Record<string, { readonly data: string; readonly mode: number; readonly mtime?: Micros; readonly uid?: number }>

const inMemory = (bytes: number): Pick<SetUp, 'type' | 'source' | 'options'> => ({ type: 'tmpfs', source: 'tmpfs', options: `rw,relatime,size=${Math.floor(bytes / 1024)}k,noswap` })
const DISK = { type: 'ext4', source: '/dev/vda', options: 'rw,relatime,discard' }

export { NODE_ROOT }

export const nodeRoot = (world: KubeletWorld, node: string): FsNode => world.disks.get(`host/${node}`) ?? NODE_ROOT

/** Sets one volume up, or says why it cannot be (each plugin's SetUp). */
export function setUpVolume(world: KubeletWorld, ctx: EventContext, row: PodRow, volume: Volume): SetUp | NotSetUp {
  const { pod } = row
  const gid = pod.spec.securityContext?.fsGroup ?? 0
  const fs = `volume:${volume.name}`
  if (volume.emptyDir) {
    const tree = directory({}, gid ? 0o2777 : 0o777, ctx.now, 0, gid)
    if (volume.emptyDir.medium?.startsWith('HugePages')) return { error: hugePagesProblem(pod, volume.emptyDir.medium) }
    if (volume.emptyDir.medium !== 'Memory') return { fs, from: '/', ...DISK, tree }
    const size = memoryVolumeSize(world, row, volume.emptyDir.sizeLimit)
    return { fs, from: '/', ...inMemory(size), tree: { ...tree, mode: gid ? 0o3777 : 0o1777 }, limit: size }
  }
  if (volume.hostPath) return hostPath(world, row, volume.hostPath.path, volume.hostPath.type ?? '', ctx.now)
  if (volume.persistentVolumeClaim || volume.ephemeral) return claim(world, row, volume, ctx.now)
  if (volume.nfs && world.mounts) return brought(world, row, volume, ctx.now, { type: 'nfs4', source: `${volume.nfs.server}:${volume.nfs.path}`, options: 'rw,relatime,vers=4.2' })
  if (volume.nfs) return disk(world, `nfs/${volume.nfs.server}${volume.nfs.path}`, { type: 'nfs4', source: `${volume.nfs.server}:${volume.nfs.path}`, options: 'rw,relatime,vers=4.2' }, ctx.now, pod)
  const files: Files = {}
  const error = content(world, ctx, row, volume, files)
  if (error) return { error }
  // Config maps lie on the disk, what could be secret in memory (each plugin's wrappedVolumeSpec).
  const tree = atomicTree(files, stampOf(ctx), ctx.now, gid)
  return volume.configMap ? { fs, from: '/', ...DISK, tree: { ...tree, mode: tree.mode & ~STICKY } } : { fs, from: '/', ...inMemory(memoryVolumeSize(world, row)), tree }
}

/** Nodes have no huge pages set aside, so only those get here who have not asked for any where they want them (emptydir: getPageSizeMountOption). */
function hugePagesProblem({ spec }: Pod, medium: string): string {
  const asked = new Set([spec.resources?.requests, ...[...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.resources?.requests)].flatMap((list) => Object.keys(list ?? {})).filter((name) => name.startsWith('hugepages-')))
  const isAny = medium === 'HugePages'
  if (isAny && asked.size > 1) return `medium: ${medium} can't be used if container requests multiple huge page sizes`
  const isFound = isAny ? asked.size > 0 : asked.has(medium.replace('HugePages', 'hugepages'))
  return isFound ? `mount failed: huge pages (${medium}) are not modelled here` : `medium ${medium}: hugePages storage requested, but there is no resource request for huge pages`
}

/** "2026_01_01_00_00_09.1234567890", the name of a version of the files (os.MkdirTemp: 32 random bits). */
const stampOf = (ctx: EventContext): string => `${clockText(ctx.now, '%Y_%m_%d_%H_%M_%S')}.${ctx.random.below(2 ** 32)}`

const REQUIRED: Readonly<Record<string, readonly [string, (node: FsNode) => boolean]>> = {
  Directory: ['a directory', (n) => n.t === 'd'], File: ['a file', (n) => n.t === 'f'], Socket: ['a socket file', (n) => n.t === 's'], CharDevice: ['a character device', (n) => n.t === 'c'], BlockDevice: ['a block device', (n) => n.t === 'b'],
}

function hostPath(world: KubeletWorld, row: PodRow, path: string, type: string, now: Micros): SetUp | { readonly error: string } {
  const key = `host/${row.node}`
  const root = nodeRoot(world, row.node)
  const node = lookUp(root, namesOf(path))
  const required = REQUIRED[type]
  if (required && (!node || !required[1](node))) return { error: `hostPath type check failed: ${path} is not ${required[0]}` }
  if (type === 'DirectoryOrCreate' && node && node.t !== 'd') return { error: `hostPath type check failed: ${path} is not a directory` }
  if (type === 'FileOrCreate' && node && node.t !== 'f') return { error: `hostPath type check failed: ${path} is not a file` }
  if (!node) world.disks.set(key, type === 'FileOrCreate' ? withPath(root, path, file('', 0o644, now), now) : withPath(root, path, directory({}, 0o755, now), now))
  return { fs: 'host', from: path, ...DISK }
}

/** A disk as the pod sees it; all of it is given to the group that the pod's volumes belong to, if it has one. */
function disk(world: KubeletWorld, name: string, how: Pick<SetUp, 'type' | 'source' | 'options'>, now: Micros, pod: Pod): SetUp {
  const key = `disk/${name}`
  const { fsGroup = 0, fsGroupChangePolicy } = pod.spec.securityContext ?? {}
  const before = world.disks.get(key)
  const tree = before ?? directory({ 'lost+found': directory({}, 0o700, now) }, 0o755, now)
  const isOwned = fsGroup === 0 || how.type === 'nfs4' || (fsGroupChangePolicy === 'OnRootMismatch' && tree.gid === fsGroup && (tree.mode & SETGID) !== 0)
  const owned = isOwned ? tree : withGroup(tree, fsGroup)
  if (owned !== before) world.disks.set(key, owned)
  return { fs: key, from: '/', ...how }
}

const SETGID = 0o2000
const STICKY = 0o1000

/** A tree that a group may read and write, and new files of which are the group's (pkg/volume, volume_linux.go: changeFilePermission). */
function withGroup(node: FsNode, gid: number): FsNode {
  if (node.t === 'l') return node.gid === gid ? node : { ...node, gid }
  const mode = node.mode | (node.t === 'd' ? SETGID | 0o770 : 0o660)
  if (node.t !== 'd') return node.gid === gid && node.mode === mode ? node : { ...node, gid, mode }
  const entries = Object.entries(node.entries).map(([name, child]) => [name, withGroup(child, gid)] as const)
  const isSame = node.gid === gid && node.mode === mode && entries.every(([name, child]) => node.entries[name] === child)
  return isSame ? node : { ...node, gid, mode, entries: Object.fromEntries(entries) }
}

/** A disk that has to be attached and mounted by others first (client/storage/disks.ts). */
function brought(world: KubeletWorld, row: PodRow, volume: Volume, now: Micros, how: Pick<SetUp, 'type' | 'source' | 'options'>): SetUp | NotSetUp {
  const mounts = world.mounts!.get(rowKey(row.node, row.pod))
  const mounted = mounts?.uid === row.uid ? mounts.volumes[volume.name] : undefined
  if (!mounted) return { error: mounts?.uid === row.uid ? (mounts.problem ?? '') : '', awaited: true }
  return disk(world, diskOf(mounted.fs) ?? mounted.fs, how, now, row.pod)
}

/** A claim leads to its volume; what is in it lies on a disk that outlives the pod. */
function claim(world: KubeletWorld, row: PodRow, volume: Volume, now: Micros): SetUp | NotSetUp {
  const { namespace, name } = row.pod.metadata
  const claimName = volume.persistentVolumeClaim?.claimName ?? `${name}-${volume.name}`
  const pvc = world.reader.get('persistentvolumeclaims', namespace, claimName) as Data | undefined
  if (!pvc) return { error: `persistentvolumeclaim "${claimName}" not found` }
  const pvName = pvc.spec?.['volumeName'] as string | undefined
  const phase = (pvc as { status?: { phase?: string } }).status?.phase
  if (!pvName || phase !== 'Bound') return { error: `PVC ${namespace}/${claimName} has non-bound phase ("${phase ?? 'Pending'}") or empty pvc.Spec.VolumeName ("${pvName ?? ''}")` }
  const pv = world.reader.get('persistentvolumes', undefined, pvName) as Data | undefined
  if (!pv) return { error: `persistentvolume "${pvName}" not found` }
  const source = pv.spec as { readonly hostPath?: { readonly path: string; readonly type?: string }; readonly local?: { readonly path: string }; readonly nfs?: { readonly server: string; readonly path: string } } | undefined
  if (source?.hostPath) return hostPath(world, row, source.hostPath.path, source.hostPath.type ?? '', now)
  if (source?.local) {
    if (!lookUp(nodeRoot(world, row.node), namesOf(source.local.path))) return { error: `path "${source.local.path}" does not exist` }
    return { fs: 'host', from: source.local.path, ...DISK }
  }
  const share = source?.nfs && { type: 'nfs4', source: `${source.nfs.server}:${source.nfs.path}`, options: 'rw,relatime,vers=4.2' }
  if (world.mounts) return brought(world, row, volume, now, share ?? { type: 'ext4', source: '/dev/vdb', options: 'rw,relatime' })
  return disk(world, pvName, share ?? { type: 'ext4', source: '/dev/vdb', options: 'rw,relatime' }, now, row.pod)
}

/** Collects the files of a volume that is made of objects; gives back what is missing. */
function content(world: KubeletWorld, ctx: EventContext, row: PodRow, volume: Volume, files: Files): string | undefined {
  const { configMap, secret, downwardAPI, projected } = volume
  if (configMap) return fromObject(world, row, 'configmaps', configMap.name, configMap, configMap.defaultMode ?? 0o644, files)
  if (secret) return fromObject(world, row, 'secrets', secret.secretName, secret, secret.defaultMode ?? 0o644, files)
  if (downwardAPI) return fromFields(world, row, downwardAPI.items ?? [], downwardAPI.defaultMode ?? 0o644, files)
  if (!projected) return `volume ${volume.name}: this kind of volume is not modelled here`
  const errors = (projected.sources ?? []).map((source) => fromSource(world, ctx, row, volume.name, source, projected.defaultMode ?? 0o644, files)).filter((e) => e !== undefined)
  return errors.length === 0 ? undefined : errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
}

/** The user that all containers of a pod run as, if the pod says so (pkg/volume/util: FsUserFrom). */
function sharedUser({ spec }: Pod): number | undefined {
  const users = new Set(allContainers(spec).map((c) => c.securityContext?.runAsUser ?? spec.securityContext?.runAsUser))
  return users.size === 1 ? [...users][0] : undefined
}

function fromSource(world: KubeletWorld, ctx: EventContext, row: PodRow, volume: string, source: VolumeProjection, mode: number, files: Files): string | undefined {
  if (source.configMap) return fromObject(world, row, 'configmaps', source.configMap.name, source.configMap, mode, files)
  if (source.secret) return fromObject(world, row, 'secrets', source.secret.name, source.secret, mode, files)
  if (source.downwardAPI) return fromFields(world, row, source.downwardAPI.items ?? [], mode, files)
  if (source.serviceAccountToken) {
    const { path } = source.serviceAccountToken
    const { token, since } = currentToken(world, row, volume, source.serviceAccountToken, ctx.now)
    const user = sharedUser(row.pod)
    // Others than the pod's one user or group may read it only when there is no such user or group (projected.go: collectData).
    files[path] = { data: token, mode: user !== undefined || row.pod.spec.securityContext?.fsGroup !== undefined ? 0o600 : mode, mtime: since, ...(user === undefined ? {} : { uid: user }) }
    return undefined
  }
  if (source.clusterTrustBundle) return 'cluster trust bundles are not modelled here'
  return undefined
}

interface Selection {
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[]
  readonly optional?: boolean
}

function fromObject(world: KubeletWorld, row: PodRow, plural: 'configmaps' | 'secrets', name: string | undefined, { items, optional }: Selection, mode: number, files: Files): string | undefined {
  const isMap = plural === 'configmaps'
  const found = world.reader.get(plural, row.pod.metadata.namespace, name ?? '') as Data | undefined
  if (!found) {
    if (optional || (isMap && name === 'kube-root-ca.crt' && row.isStatic)) return undefined
    return `${isMap ? 'configmap' : 'secret'} "${name}" not found`
  }
  const all: Record<string, string> = {}
  for (const [key, text] of Object.entries(found.data ?? {})) all[key] = isMap ? text : (base64Decode(text) ?? '')
  for (const [key, text] of Object.entries(found.binaryData ?? {})) all[key] = base64Decode(text) ?? ''
  const wanted = items ?? Object.keys(all).sort().map((key) => ({ key, path: key }))
  for (const item of wanted) {
    const text = all[item.key]
    if (text === undefined) {
      if (optional) continue
      return isMap ? `configmap references non-existent config key: ${item.key}` : `references non-existent secret key: ${item.key}`
    }
    files[item.path] = { data: text, mode: ('mode' in item ? item.mode : undefined) ?? mode }
  }
  return undefined
}

function fromFields(world: KubeletWorld, row: PodRow, items: readonly { readonly path: string; readonly mode?: number; readonly fieldRef?: { readonly fieldPath: string }; readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: string } }[], mode: number, files: Files): string | undefined {
  const node = world.node(row)
  for (const item of items) {
    const text = item.fieldRef ? fieldText(row, node, item.fieldRef) : item.resourceFieldRef ? resourceText(row.pod, allocatableOf(world, node), item.resourceFieldRef as { resource: string }) : ''
    if (text === undefined) return `unsupported fieldPath: ${item.fieldRef!.fieldPath}`
    files[item.path] = { data: text, mode: item.mode ?? mode }
  }
  return undefined
}

/** Does a volume's content come from this object? */
export function readsFrom(volume: Volume, kind: string, name: string): boolean {
  const isMap = kind === 'ConfigMap'
  if (isMap ? volume.configMap?.name === name : volume.secret?.secretName === name) return true
  return (volume.projected?.sources ?? []).some((s) => (isMap ? s.configMap?.name : s.secret?.name) === name)
}
