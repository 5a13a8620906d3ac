import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import { create, remove, update } from '../../client/request.ts'
import { rpc } from '../../client/storage/csi-wire.ts'
import { CSI_NODES, PROVISIONED_BY, STORAGE_CLASSES, VOLUMES, type CsiNode, type PersistentVolume, type StorageClass } from '../../client/storage/objects.ts'
import { seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { componentOf, DISK_DRIVER, ZONE } from '../names.ts'

interface Capacity extends KubeObject {
  readonly storageClassName: string
  readonly capacity?: string
  readonly nodeTopology?: { readonly matchLabels?: Readonly<Record<string, string>> }
}

const CAPACITIES = { group: 'storage.k8s.io', version: 'v1', resource: 'csistoragecapacities' } as const
const NAMESPACE = 'kube-system'
const MI = 1_048_576
/** Several volumes that come at once are counted in one go. */
const SOON = seconds(1)
const isOurs = (cls: StorageClass | undefined): cls is StorageClass => cls?.provisioner === DISK_DRIVER

const wake = (ctx: HandlerContext, zone: string): void => ctx.enqueueAfter(`zone ${zone}`, SOON)

function zoneOf({ metadata, spec }: PersistentVolume): string | undefined {
  if (metadata.annotations?.[PROVISIONED_BY] !== DISK_DRIVER) return undefined
  return spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.find((e) => e.key === ZONE)?.values?.[0]
}

function volumeHeard(ctx: HandlerContext, volume: PersistentVolume): void {
  const zone = zoneOf(volume)
  if (zone !== undefined) wake(ctx, zone)
}

function classHeard(ctx: HandlerContext, cls: StorageClass): void {
  if (!isOurs(cls)) return
  for (const zone of zonesOf(ctx.lister<CsiNode>('csinodes').list(), (name) => ctx.lister<Node>('nodes').get(undefined, name))) wake(ctx, zone)
}

const zonesOf = (nodes: readonly CsiNode[], nodeOf: (name: string) => Node | undefined): readonly string[] =>
  [...new Set(nodes.filter((n) => n.spec.drivers.some((d) => d.name === DISK_DRIVER)).map((n) => nodeOf(n.metadata.name)?.metadata.labels?.[ZONE] ?? ''))].filter(Boolean).sort()

/**
 * The part of external-provisioner that tells the scheduler how much room is left in each zone, for every class
 * (external-provisioner --enable-capacity: CSIStorageCapacity objects).
 */
export const csiCapacity: Controller = {
  name: 'csi-capacity',
  component: componentOf('capacity'),
  workers: 1,
  watches: [
    {
      resource: CSI_NODES,
      onAdd(ctx, node: CsiNode) {
        const zone = ctx.lister<Node>('nodes').get(undefined, node.metadata.name)?.metadata.labels?.[ZONE]
        if (zone && node.spec.drivers.some((d) => d.name === DISK_DRIVER)) wake(ctx, zone)
      },
    },
    { resource: STORAGE_CLASSES, onAdd: classHeard, onDelete: classHeard },
    {
      resource: VOLUMES,
      onAdd: volumeHeard,
      onUpdate: (ctx, old: PersistentVolume, volume: PersistentVolume) => old.spec.capacity?.['storage'] !== volume.spec.capacity?.['storage'] && volumeHeard(ctx, volume),
      onDelete: volumeHeard,
    },
    { resource: CAPACITIES },
  ],
  reconcile: (ctx, key) => retrying(() => publish(ctx, key.slice('zone '.length))),
}

function publish(ctx: ControllerContext, zone: string): undefined {
  const classes = ctx.lister<StorageClass>('storageclasses').list()
  const known = ctx.lister<Capacity>('csistoragecapacities').list(NAMESPACE).filter((c) => c.nodeTopology?.matchLabels?.[ZONE] === zone)
  for (const stale of known) if (!classes.some((cls) => isOurs(cls) && cls.metadata.name === stale.storageClassName)) ctx.call(remove(CAPACITIES, stale))
  const ours = classes.filter(isOurs)
  if (ours.length === 0) return undefined
  const answer = rpc<{ readonly availableCapacity: number }>(ctx, DISK_DRIVER, 'GetCapacity', { zone })
  if (!('ok' in answer)) return undefined
  const capacity = `${Math.floor(answer.ok.availableCapacity / MI)}Mi`
  for (const cls of ours) {
    const before = known.find((c) => c.storageClassName === cls.metadata.name)
    if (before?.capacity === capacity) continue
    if (before) must(ctx.call(update(CAPACITIES, { ...before, capacity } as KubeObject)))
    else {
      const made = ctx.call(create(CAPACITIES, NAMESPACE, fresh(cls, zone, capacity)))
      if (isStatus(made)) return undefined
    }
  }
  return undefined
}

const fresh = (cls: StorageClass, zone: string, capacity: string): KubeObject =>
  ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIStorageCapacity',
    metadata: { name: '', generateName: 'csisc-', labels: { 'csi.storage.k8s.io/drivername': DISK_DRIVER, 'csi.storage.k8s.io/managed-by': 'external-provisioner' } },
    nodeTopology: { matchLabels: { [ZONE]: zone } },
    storageClassName: cls.metadata.name,
    capacity,
  }) as KubeObject
