import type { Pod } from '../../api/pod.ts'
import type { ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { csiOf } from '../../client/storage/in-tree.ts'
import { isTerminated, type Claim, type CsiDriver, type PersistentVolume } from '../../client/storage/objects.ts'
import type { Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { attach, clearBackoff } from './attach.ts'
import { detach } from './detach.ts'
import { TOLD, VOLUMES_TABLE, type VolumeRow } from './state.ts'

const MANAGED = 'volumes.kubernetes.io/controller-managed-attach-detach'

/** One turn of the reconciler for one volume: first detach where it is not wanted, then attach where it is (reconciler.go). */
export function syncVolume(ctx: ControllerContext, name: string): ReconcileResult {
  const known = ctx.once(() => ctx.state<VolumeRow>(VOLUMES_TABLE).get(name) ?? null)
  const volume = ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, name)
  const described = (volume && describe(ctx, volume)) ?? known
  if (!described) return undefined
  let row: VolumeRow = { ...described, nodes: known?.nodes ?? {} }
  const wanted = volume ? podsByNode(ctx, volume) : new Map<string, readonly Pod[]>()
  let wake: Micros | undefined
  const later = (at: Micros | undefined): void => {
    if (at !== undefined && (wake === undefined || at < wake)) wake = at
  }
  for (const node of Object.keys(row.nodes).sort()) {
    if (wanted.has(node)) continue
    const done = detach(ctx, name, row, node)
    row = done.row
    later(done.at)
  }
  for (const node of [...wanted.keys()].sort()) {
    const pods = wanted.get(node)!
    if (!row.shared && tellMultiAttach(ctx, name, row, node, pods, wanted)) continue
    const done = attach(ctx, name, row, node, pods)
    row = done.row
    later(done.at)
  }
  forgetUnwanted(ctx, name, wanted)
  return wake === undefined ? undefined : { after: Math.max(0, wake - ctx.now) }
}

/** What is to be known of a volume that is attached at all; undefined for volumes that are not (FindAttachablePluginBySpec). */
function describe(ctx: ControllerContext, volume: PersistentVolume): VolumeRow | undefined {
  const csi = csiOf(volume)
  if (!csi) return undefined
  const driver = ctx.lister<CsiDriver>('csidrivers').get(undefined, csi.driver)
  if (driver?.spec.attachRequired === false) return undefined
  const modes = volume.spec.accessModes ?? []
  const shared = modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany')
  return { unique: `kubernetes.io/csi/${csi.driver}^${csi.handle}`, ...csi, shared, nodes: {} }
}

/** Pods that want the volume, by node: placed, not ended, on nodes that leave attaching to this controller. */
function podsByNode(ctx: ControllerContext, volume: PersistentVolume): Map<string, readonly Pod[]> {
  const { claimRef } = volume.spec
  const found = new Map<string, readonly Pod[]>()
  if (!claimRef?.name) return found
  const claim = ctx.lister<Claim>('persistentvolumeclaims').get(claimRef.namespace, claimRef.name)
  if (!claim || claim.metadata.uid !== claimRef.uid || claim.status?.phase !== 'Bound' || claim.spec.volumeName !== volume.metadata.name) return found
  for (const pod of ctx.lister<Pod>('pods').by('claim', `${claimRef.namespace}/${claimRef.name}`)) {
    const { nodeName } = pod.spec
    if (!nodeName || isTerminated(pod)) continue
    const node = ctx.lister<Node>('nodes').get(undefined, nodeName)
    if (node?.metadata.annotations?.[MANAGED] === undefined) continue
    found.set(nodeName, [...(found.get(nodeName) ?? []), pod])
  }
  return found
}

/** A volume for one node only is on another: its pods are told once (reportMultiAttachError). */
function tellMultiAttach(ctx: ControllerContext, name: string, row: VolumeRow, node: string, pods: readonly Pod[], wanted: ReadonlyMap<string, readonly Pod[]>): boolean {
  if (row.nodes[node]) return false
  const others = Object.keys(row.nodes)
  if (others.length === 0) return false
  const key = `${name} ${node}`
  const told = ctx.once(() => {
    const table = ctx.state<true>(TOLD)
    const known = table.has(key)
    if (!known) table.set(key, true)
    return known
  })
  if (told) return true
  ctx.note('attach.multi', { volume: name, node, other: others[0]! })
  const users = others.flatMap((other) => wanted.get(other) ?? [])
  for (const pod of pods) ctx.event(pod, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume ${JSON.stringify(name)} ${usedBy(pod, users)}`)
  return true
}

export function usedBy(pod: Pod, users: readonly Pod[]): string {
  if (users.length === 0) return "Volume is already exclusively attached to one node and can't be attached to another"
  const near = users.filter((other) => other.metadata.namespace === pod.metadata.namespace).map((other) => other.metadata.name)
  const far = users.length - near.length
  if (near.length === 0) return `Volume is already used by ${far} pod(s) in different namespaces`
  return `Volume is already used by pod(s) ${near.join(', ')}${far > 0 ? ` and ${far} pod(s) in different namespaces` : ''}`
}

/** Complaints and back-offs of nodes where nobody wants the volume any more. */
function forgetUnwanted(ctx: ControllerContext, name: string, wanted: ReadonlyMap<string, unknown>): void {
  ctx.once(() => {
    const table = ctx.state<true>(TOLD)
    for (const key of table.keys()) if (key.startsWith(`${name} `) && !wanted.has(key.slice(name.length + 1))) table.delete(key)
    return null
  })
  clearBackoff(ctx, name, wanted)
}
