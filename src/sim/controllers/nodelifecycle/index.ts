import { deepEqual } from '../../api/deep.ts'
import { keyOf, splitKey } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { LEASES, NODES, patch, PODS } from '../../client/request.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { NodeHeartbeats } from '../setup.ts'
import { taintingPass } from './evict.ts'
import { NODE_MONITOR_PERIOD } from '../../flags/kube-controller-manager.ts'
import { nextTick, readyOf } from './health.ts'
import { EVICT, markPodsNotReady, MONITOR, monitor } from './monitor.ts'
import { noScheduleChanges, swapTaints } from './taints.ts'

const look = (ctx: HandlerContext): void => ctx.enqueueAfter(MONITOR, nextTick(ctx.flag(NODE_MONITOR_PERIOD), ctx.now))

/** Labels whose old spelling must follow the new one. */
const MIRRORED: readonly (readonly [string, string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
]

function podPlaced(ctx: HandlerContext, pod: Pod): void {
  const node = pod.spec.nodeName && ctx.lister<Node>('nodes').get(undefined, pod.spec.nodeName)
  const ready = node ? readyOf(node) : undefined
  if (ready && ready.status !== 'True') ctx.enqueue(`pod ${keyOf(pod)}`)
}

/**
 * Notices lost nodes, taints them and their pods' readiness. Its monitor looks at ticks of five seconds, but only when
 * something may have changed: a node came, went or changed, or a kubelet fell silent (kube-controller-manager:
 * nodelifecycle).
 */
export const nodeLifecycle = (heartbeats: NodeHeartbeats): Controller => ({
  name: 'node-lifecycle-controller',
  component: 'node-controller',
  workers: 8,
  watches: [
    {
      resource: NODES,
      onAdd(ctx, node: Node) {
        ctx.enqueue(`node ${node.metadata.name}`)
        look(ctx)
      },
      onUpdate(ctx, old: Node, node: Node) {
        ctx.enqueue(`node ${node.metadata.name}`)
        const before = readyOf(old)
        const after = readyOf(node)
        if (old.metadata.uid !== node.metadata.uid || before?.status !== after?.status || !heartbeats.beating(node.metadata.name)) look(ctx)
        else if (old.spec.taints !== node.spec.taints && after?.status !== 'True' && !deepEqual(old.spec.taints, node.spec.taints)) look(ctx)
      },
      onDelete: look,
    },
    {
      resource: LEASES,
      onUpdate: (ctx, _old: Lease, lease: Lease) => lease.metadata.namespace === 'kube-node-lease' && !heartbeats.beating(lease.metadata.name) && look(ctx),
      onDelete: (ctx, lease: Lease) => lease.metadata.namespace === 'kube-node-lease' && look(ctx),
    },
    {
      resource: PODS,
      onAdd: podPlaced,
      onUpdate: (ctx, old: Pod, pod: Pod) => old.spec.nodeName !== pod.spec.nodeName && podPlaced(ctx, pod),
    },
  ],
  state: ['known', 'health', 'taint-queue', 'zones'],
  reconcile(ctx, key) {
    if (key === MONITOR) return monitor(ctx, heartbeats)
    if (key === EVICT) return taintingPass(ctx)
    const [what, name = ''] = key.split(' ')
    return what === 'pod' ? checkPod(ctx, name) : checkNode(ctx, name)
  },
})

function checkPod(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const pod = ctx.lister<Pod>('pods').get(namespace, name)
  const node = pod?.spec.nodeName ? ctx.lister<Node>('nodes').get(undefined, pod.spec.nodeName) : undefined
  if (pod && node && readyOf(node)?.status !== 'True') markPodsNotReady(ctx, node.metadata.name, [pod])
  return undefined
}

/** NoSchedule taints by condition, and the old spellings of labels. */
function checkNode(ctx: ControllerContext, name: string): ReconcileResult {
  const node = ctx.lister<Node>('nodes').get(undefined, name)
  if (!node) return undefined
  const { add, remove } = noScheduleChanges(node)
  if ((add.length > 0 || remove.length > 0) && !swapTaints(ctx, node, add, remove)) return { retry: `failed to swap taints of node ${name}` }
  const labels: Record<string, string> = {}
  for (const [primary, secondary] of MIRRORED) {
    const value = node.metadata.labels?.[primary]
    if (value !== undefined && node.metadata.labels?.[secondary] !== value) labels[secondary] = value
  }
  if (Object.keys(labels).length === 0) return undefined
  const answer = ctx.call(patch(NODES, node, { metadata: { labels } }))
  return isStatus(answer) ? { retry: `failed update labels for node ${name}` } : undefined
}
