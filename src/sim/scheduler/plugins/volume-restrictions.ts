import type { Pod } from '../../api/pod.ts'
import type { Volume } from '../../api/volume.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Cycle, FilterRun, Plugin } from '../plugin.ts'
import { unresolvable, unschedulable, type Rejection } from '../rejection.ts'
import { claimNotFound, claimOf } from '../storage.ts'

const NAME = 'VolumeRestrictions'
const DISK = unschedulable(NAME, 'node(s) had no available disk')
const ONE_POD = unschedulable(NAME, 'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod')

const isExclusive = (v: Volume): boolean => !!(v.gcePersistentDisk ?? v.awsElasticBlockStore ?? v.rbd ?? v.iscsi)

/** May the two not be mounted on one node? Read-only mounts share a disk, except on EBS. */
function conflict(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    if (a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !(a.gcePersistentDisk.readOnly && b.gcePersistentDisk.readOnly)) return true
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore && a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID) return true
  if (a.iscsi && b.iscsi && a.iscsi.iqn === b.iscsi.iqn && !(a.iscsi.readOnly && b.iscsi.readOnly)) return true
  if (!a.rbd || !b.rbd) return false
  const shared = (a.rbd.monitors ?? []).some((m) => b.rbd!.monitors?.includes(m))
  return shared && (a.rbd.pool ?? 'rbd') === (b.rbd.pool ?? 'rbd') && a.rbd.image === b.rbd.image && !(a.rbd.readOnly && b.rbd.readOnly)
}

export const podsConflict = (pod: Pod, other: Pod): boolean =>
  (pod.spec.volumes ?? []).some((v) => isExclusive(v) && (other.spec.volumes ?? []).some((o) => conflict(v, o)))

class RestrictionFilter implements FilterRun {
  readonly #pod: Pod
  readonly #onePod: ReadonlySet<string>
  #inUse: number

  constructor(pod: Pod, onePod: ReadonlySet<string>, inUse: number) {
    this.#pod = pod
    this.#onePod = onePod
    this.#inUse = inUse
  }

  filter(node: NodeInfo): Rejection | undefined {
    if (node.pods.some((other) => podsConflict(this.#pod, other))) return DISK
    return this.#inUse > 0 ? ONE_POD : undefined
  }

  add(other: Pod): void {
    this.#count(other, 1)
  }

  remove(other: Pod): void {
    this.#count(other, -1)
  }

  clone(): FilterRun {
    return new RestrictionFilter(this.#pod, this.#onePod, this.#inUse)
  }

  #count(other: Pod, by: number): void {
    if (other.metadata.namespace !== this.#pod.metadata.namespace) return
    for (const v of other.spec.volumes ?? []) if (v.persistentVolumeClaim && this.#onePod.has(v.persistentVolumeClaim.claimName ?? '')) this.#inUse += by
  }
}

function preFilter({ pod, snapshot, objects }: Cycle): FilterRun | Rejection | undefined {
  const volumes = pod.spec.volumes
  if (!volumes?.length) return undefined
  const onePod = new Set<string>()
  for (const { persistentVolumeClaim } of volumes) {
    if (!persistentVolumeClaim) continue
    const name = persistentVolumeClaim.claimName ?? ''
    const claim = claimOf(objects, pod.metadata.namespace, name)
    if (!claim) return unresolvable(NAME, claimNotFound(name))
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) onePod.add(name)
  }
  const inUse = [...onePod].filter((name) => snapshot.isClaimUsed(`${pod.metadata.namespace}/${name}`)).length
  return inUse > 0 || volumes.some(isExclusive) ? new RestrictionFilter(pod, onePod, inUse) : undefined
}

/** Disks that one node mounts once, claims that one pod mounts (plugins/volumerestrictions). */
export const volumeRestrictions: Plugin = { name: NAME, preFilter }
