import type { Pod } from '../../api/pod.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Cycle, Objects, Plugin } from '../plugin.ts'
import { failure, unresolvable, unschedulable, type Rejection } from '../rejection.ts'
import { claimNameOf, claimNotFound, claimOf, classOf, storageClassOf, volumeOf, type CSIDriver, type CSINode, type PersistentVolumeClaim, type VolumeAttachment } from '../storage.ts'

const NAME = 'NodeVolumeLimits'
const FULL = unschedulable(NAME, 'node(s) exceed max volume count')

/** Driver and unique name of the volume behind a claim; of a class while there is no volume yet. */
function driverOf(claim: PersistentVolumeClaim, objects: Objects): readonly [string, string] | undefined {
  const volume = claim.spec.volumeName ? volumeOf(objects, claim.spec.volumeName) : undefined
  if (volume) return volume.spec.csi ? [volume.spec.csi.driver, volume.spec.csi.volumeHandle] : undefined
  const provisioner = storageClassOf(objects, classOf(claim))?.provisioner
  return provisioner ? [provisioner, `to-be-made-${claim.metadata.namespace}/${claim.metadata.name}`] : undefined
}

/** Adds the pod's CSI volumes, unique name → driver; the answer is the refusal of a new pod whose claim is missing. */
function collect(pod: Pod, objects: Objects, isNew: boolean, into: Map<string, string>): Rejection | undefined {
  const { namespace } = pod.metadata
  for (const volume of pod.spec.volumes ?? []) {
    const named = claimNameOf(pod, volume)
    if (!named) continue
    if (named.name === '') return failure(NAME, 'PersistentVolumeClaim had no name')
    const claim = claimOf(objects, namespace, named.name)
    if (!claim) {
      if (isNew) return unresolvable(NAME, `looking up PVC ${namespace}/${named.name}: ${claimNotFound(named.name)}`)
      continue
    }
    const driver = driverOf(claim, objects)
    if (driver) into.set(`${driver[0]}/${driver[1]}`, driver[0])
  }
  return undefined
}

function attachedTo(node: string, objects: Objects): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { spec } of objects.list<VolumeAttachment>('volumeattachments')) {
    if (spec.nodeName !== node || !spec.source?.persistentVolumeName) continue
    const handle = volumeOf(objects, spec.source.persistentVolumeName)?.spec.csi?.volumeHandle
    if (handle) found.set(`${spec.attacher}/${handle}`, spec.attacher)
  }
  return found
}

const tally = (volumes: ReadonlyMap<string, string>, into: Map<string, number>): void => {
  for (const driver of volumes.values()) into.set(driver, (into.get(driver) ?? 0) + 1)
}

function judge(cycle: Cycle, node: NodeInfo): Rejection | undefined {
  const { objects, pod } = cycle
  const csiNode = objects.get<CSINode>('csinodes', undefined, node.name)
  const fresh = new Map<string, string>()
  const refused = collect(pod, objects, true, fresh)
  if (refused || fresh.size === 0) return refused
  for (const driver of fresh.values()) {
    const needed = objects.get<CSIDriver>('csidrivers', undefined, driver)?.spec.preventPodSchedulingIfMissing
    if (needed && !csiNode?.spec.drivers?.some((d) => d.name === driver)) return unschedulable(NAME, `${driver} CSI driver is not installed on the node`)
  }
  const limits = (csiNode?.spec.drivers ?? []).filter((d) => d.allocatable?.count !== undefined)
  if (limits.length === 0) return undefined
  const used = new Map<string, string>()
  for (const other of node.pods) collect(other, objects, false, used)
  const attached = new Map([...attachedTo(node.name, objects)].filter(([name]) => !used.has(name)))
  for (const name of used.keys()) fresh.delete(name)
  const before = new Map<string, number>()
  tally(used, before)
  tally(attached, before)
  const more = new Map<string, number>()
  tally(fresh, more)
  return limits.some((d) => more.has(d.name) && (before.get(d.name) ?? 0) + more.get(d.name)! > d.allocatable!.count!) ? FULL : undefined
}

/** How many volumes of a CSI driver a node can attach (plugins/nodevolumelimits: csi.go; in-tree volumes are not translated). */
export const nodeVolumeLimits: Plugin = {
  name: NAME,
  preFilter: (cycle) =>
    cycle.pod.spec.volumes?.some((v) => v.persistentVolumeClaim ?? v.ephemeral) ? { filter: (node) => judge(cycle, node) } : undefined,
}
