import { keyOf, splitKey } from '../../api/meta.ts'
import { isConditionTrue } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'
import type { Volume } from '../../api/volume.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import { NODES, PODS } from '../../client/request.ts'
import { tell } from '../../client/storage/csi-wire.ts'
import type { MountedVolume, PodMounts } from '../../client/storage/disks.ts'
import { claimKeys, claimNameOf, CLAIMS, isTerminated, VOLUME_ATTACHMENTS, VOLUMES, type Claim, type PersistentVolume, type VolumeAttachment } from '../../client/storage/objects.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { mountNfs, mountVolume, unmountVolume, type Done } from './mounting.ts'
import { reportInUse } from './in-use.ts'

/** What the volume manager must be told of the machines. */
export interface Machines {
  isUp(node: string): boolean
  /** The actor of a node's kubelet, which is told when something was mounted or could not be ('mount', with the pod). */
  kubelet(node: string): string
}

/** Own state tables: what is mounted for which pod (also read by kubelets), and volumes that a node uses. */
export const MOUNTED = 'mounted'
export const IN_USE = 'in-use'
/** A failed mount is tried again after 0.5 s, doubling (nestedpendingoperations: exponential back-off). */
const FIRST_RETRY: Micros = 500_000
const LONGEST_RETRY = seconds(122)

const keyFor = (pod: Pod): string => `${pod.spec.nodeName} ${keyOf(pod)}`

/** Claims and shares are brought from elsewhere; all other volumes a kubelet makes by itself. */
const concerns = (pod: Pod): boolean => claimKeys(pod).length > 0 || (pod.spec.volumes?.some((v) => v.nfs) ?? false)

function podHeard(ctx: HandlerContext, pod: Pod): void {
  if (pod.spec.nodeName && concerns(pod)) ctx.enqueue(keyFor(pod))
}

function claimHeard(ctx: HandlerContext, claim: Claim): void {
  for (const pod of ctx.lister<Pod>('pods').by('claim', keyOf(claim))) podHeard(ctx, pod)
}

function attachmentHeard(ctx: HandlerContext, { spec }: VolumeAttachment): void {
  const volume = spec.source.persistentVolumeName ? ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, spec.source.persistentVolumeName) : undefined
  const ref = volume?.spec.claimRef
  if (!ref) return
  for (const pod of ctx.lister<Pod>('pods').by('claim', `${ref.namespace}/${ref.name}`)) if (pod.spec.nodeName === spec.nodeName) podHeard(ctx, pod)
}

const isReady = ({ status }: Node): boolean => isConditionTrue(status?.conditions, 'Ready')

function wakeNode(ctx: HandlerContext, node: string): void {
  for (const key of ctx.state(MOUNTED).keys()) if (key.startsWith(`${node} `)) ctx.enqueue(key)
  for (const pod of ctx.lister<Pod>('pods').by('node', node)) podHeard(ctx, pod)
}

/**
 * The volume managers of all kubelets, as far as claims go: waits until a disk is attached, stages and publishes it, lets its file system grow,
 * and takes it away when the pod is gone (pkg/kubelet/volumemanager; pkg/volume/csi). Keys "<node> <namespace>/<pod>".
 */
export const volumeManager = (machines: Machines): Controller => ({
  name: 'volume-manager',
  component: 'kubelet',
  workers: 50,
  qps: 50,
  burst: 100,
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
      onUpdate(ctx, old: Claim, claim: Claim) {
        if (old.status?.phase !== claim.status?.phase || old.status?.allocatedResourceStatuses !== claim.status?.allocatedResourceStatuses) claimHeard(ctx, claim)
      },
    },
    { resource: VOLUMES },
    {
      resource: NODES,
      // A kubelet that is back cleans up after pods that went while it was away.
      onUpdate: (ctx, old: Node, node: Node) => isReady(node) && !isReady(old) && wakeNode(ctx, node.metadata.name),
    },
    {
      resource: VOLUME_ATTACHMENTS,
      onUpdate: (ctx, old: VolumeAttachment, attachment: VolumeAttachment) => old.status?.attached !== attachment.status?.attached && attachmentHeard(ctx, attachment),
    },
  ],
  state: [MOUNTED, IN_USE],
  reconcile(ctx, key) {
    const space = key.indexOf(' ')
    const node = key.slice(0, space)
    if (!ctx.once(() => machines.isUp(node))) return undefined
    return retrying(() => syncPod(ctx, machines, key, node, key.slice(space + 1)))
  },
})

function syncPod(ctx: ControllerContext, machines: Machines, key: string, node: string, name: string): { readonly after: number } | undefined {
  const { namespace, name: podName } = splitKey(name)
  const pod = ctx.lister<Pod>('pods').get(namespace, podName)
  const known = ctx.once(() => ctx.state<PodMounts>(MOUNTED).get(key) ?? null)
  const isGone = !pod || pod.spec.nodeName !== node || isTerminated(pod)
  if (known && (isGone || pod.metadata.uid !== known.uid)) {
    takeAway(ctx, key, node, known)
    if (isGone) return undefined
  }
  return isGone ? undefined : bring(ctx, machines, key, node, pod)
}

function bring(ctx: ControllerContext, machines: Machines, key: string, node: string, pod: Pod): { readonly after: number } | undefined {
  const uid = pod.metadata.uid ?? ''
  const known = ctx.once(() => ctx.state<PodMounts>(MOUNTED).get(key) ?? null)
  const volumes: Record<string, MountedVolume> = known?.uid === uid ? { ...known.volumes } : {}
  let problem: string | undefined
  for (const volume of pod.spec.volumes ?? []) {
    const done = bringOne(ctx, node, pod, volume, volumes[volume.name])
    if (!done) continue
    if ('mounted' in done) volumes[volume.name] = done.mounted
    else problem ??= done.problem
  }
  const tries = problem ? ((known?.uid === uid ? known.tries : undefined) ?? 0) + 1 : 0
  const before = known?.uid === uid ? Object.keys(known.volumes).length : 0
  ctx.once(() => {
    ctx.state<PodMounts>(MOUNTED).set(key, { uid, volumes, ...(problem ? { problem, tries } : {}) })
    return null
  })
  if (problem || Object.keys(volumes).length > before) tell(ctx, machines.kubelet(node), 'mount', { pod: keyOf(pod), uid })
  return problem ? { after: Math.min(FIRST_RETRY * 2 ** (tries - 1), LONGEST_RETRY) } : undefined
}

function bringOne(ctx: ControllerContext, node: string, pod: Pod, volume: Volume, before: MountedVolume | undefined): Done | undefined {
  if (volume.nfs) return before ? { mounted: before } : mountNfs(ctx, node, pod, volume.name, volume.nfs, false)
  const found = volumeBehind(ctx, pod, volume)
  return found && mountVolume(ctx, node, pod, volume, found, before)
}

/** The claim and volume of a pod's volume; undefined for other kinds, and as long as the claim is not bound. */
function volumeBehind(ctx: ControllerContext, pod: Pod, volume: Volume): { readonly claim: Claim; readonly volume: PersistentVolume } | undefined {
  const name = claimNameOf(pod, volume)
  const claim = name === undefined ? undefined : ctx.lister<Claim>('persistentvolumeclaims').get(pod.metadata.namespace, name)
  const bound = claim?.status?.phase === 'Bound' && claim.spec.volumeName ? ctx.lister<PersistentVolume>('persistentvolumes').get(undefined, claim.spec.volumeName) : undefined
  return claim && bound ? { claim, volume: bound } : undefined
}

function takeAway(ctx: ControllerContext, key: string, node: string, { uid, volumes }: PodMounts): void {
  for (const name of Object.keys(volumes).sort()) unmountVolume(ctx, node, uid, volumes[name]!)
  ctx.once(() => {
    ctx.state(MOUNTED).delete(key)
    return null
  })
  reportInUse(ctx, node)
}
