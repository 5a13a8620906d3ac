import { keyOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import { NODES, PODS } from '../../client/request.ts'
import {
  claimKeys, CLAIMS, CSI_DRIVERS, CSI_NODES, isTerminated, VOLUME_ATTACHMENTS, VOLUMES, type Claim, type PersistentVolume, type VolumeAttachment,
} from '../../client/storage/objects.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { ATTACH_DETACH_SYNC_PERIOD, DISABLE_ATTACH_DETACH_SYNC } from '../../flags/kube-controller-manager.ts'
import type { Node } from '../../kinds/node/node.ts'
import { reportAttached } from './report.ts'
import { NODES_TABLE, OPERATIONS, setAttached, TOLD, VOLUMES_TABLE, type VolumeRow } from './state.ts'
import { syncVolume } from './sync.ts'

/** The reconciler's loop, which here turns only when there may be something to do. */
const LOOP = ms(100)
const next = (now: Micros, period: Micros): Micros => period - (now % period)
const wake = (ctx: HandlerContext, volume: string): void => ctx.enqueueAfter(`volume ${volume}`, next(ctx.now, LOOP))

function podHeard(ctx: HandlerContext, pod: Pod): void {
  if (!pod.spec.nodeName) return
  for (const key of claimKeys(pod)) wakeClaim(ctx, ctx.lister<Claim>('persistentvolumeclaims').get(...split(key)))
}

const split = (key: string): [string, string] => [key.slice(0, key.indexOf('/')), key.slice(key.indexOf('/') + 1)]

function wakeClaim(ctx: HandlerContext, claim: Claim | undefined): void {
  if (claim?.status?.phase === 'Bound' && claim.spec.volumeName) wake(ctx, claim.spec.volumeName)
}

/** Takes over what the node says is in use (processVolumesInUse). */
function nodeHeard(ctx: HandlerContext, node: Node): void {
  const { name } = node.metadata
  const inUse = node.status?.volumesInUse ?? []
  for (const volume of ctx.state<readonly string[]>(NODES_TABLE).get(name) ?? []) {
    const row = ctx.state<VolumeRow>(VOLUMES_TABLE).get(volume)!
    const attached = row.nodes[name]!
    const mounted = inUse.includes(row.unique)
    if (mounted !== attached.mounted) setAttached(ctx, volume, row, name, { ...attached, mounted })
    wake(ctx, volume)
  }
}

const volumeOf = (attachment: VolumeAttachment): string | undefined => attachment.spec.source?.persistentVolumeName

function attachmentHeard(ctx: HandlerContext, attachment: VolumeAttachment): void {
  const volume = volumeOf(attachment)
  if (volume) wake(ctx, volume)
}

/** Attaches the volumes of pods to their nodes, and detaches those that nobody wants (kube-controller-manager: volume/attachdetach). */
export const attachDetachController: Controller = {
  name: 'persistentvolume-attach-detach-controller',
  component: 'attachdetach-controller',
  workers: 10,
  watches: [
    {
      resource: PODS,
      indexes: { claim: claimKeys },
      onAdd: podHeard,
      onUpdate(ctx, old: Pod, pod: Pod) {
        if (old.spec.nodeName !== pod.spec.nodeName || isTerminated(old) !== isTerminated(pod)) podHeard(ctx, pod)
      },
      onDelete: podHeard,
    },
    {
      resource: CLAIMS,
      onAdd: wakeClaim,
      onUpdate(ctx, old: Claim, claim: Claim) {
        if (old.status?.phase !== claim.status?.phase && ctx.lister<Pod>('pods').by('claim', keyOf(claim)).length > 0) wakeClaim(ctx, claim)
      },
    },
    { resource: VOLUMES, onDelete: (ctx, volume: PersistentVolume) => ctx.state(VOLUMES_TABLE).has(volume.metadata.name) && wake(ctx, volume.metadata.name) },
    {
      resource: NODES,
      onAdd(ctx, node: Node) {
        nodeHeard(ctx, node)
        for (const pod of ctx.lister<Pod>('pods').by('node', node.metadata.name)) podHeard(ctx, pod)
      },
      onUpdate(ctx, old: Node, node: Node) {
        if (old.status !== node.status || old.spec.taints !== node.spec.taints) nodeHeard(ctx, node)
      },
      onDelete: nodeHeard,
    },
    {
      resource: VOLUME_ATTACHMENTS,
      onAdd(ctx, attachment: VolumeAttachment) {
        const volume = volumeOf(attachment)
        if (volume && !ctx.state<VolumeRow>(VOLUMES_TABLE).get(volume)?.nodes[attachment.spec.nodeName]) wake(ctx, volume)
      },
      onUpdate: (ctx, _old: VolumeAttachment, attachment: VolumeAttachment) => attachmentHeard(ctx, attachment),
      onDelete(ctx, attachment: VolumeAttachment) {
        const volume = volumeOf(attachment)
        if (!volume) return
        const running = ctx.state(OPERATIONS).has(`${volume} ${attachment.spec.nodeName}`)
        // That somebody else took an attachment away is noticed only when the states are compared, once a minute by default.
        if (running) wake(ctx, volume)
        else if (!ctx.flag(DISABLE_ATTACH_DETACH_SYNC)) ctx.enqueueAfter(`volume ${volume}`, next(ctx.now, ctx.flag(ATTACH_DETACH_SYNC_PERIOD)))
      },
    },
    { resource: CSI_DRIVERS },
    { resource: CSI_NODES },
  ],
  state: [VOLUMES_TABLE, NODES_TABLE, OPERATIONS, TOLD],
  reconcile: (ctx, key) =>
    retrying(() => {
      const [what, name = ''] = key.split(' ')
      return what === 'node' ? reportAttached(ctx, name) : syncVolume(ctx, name)
    }),
}
