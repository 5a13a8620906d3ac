import type { Pod } from '../../api/pod.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { disruptionPatch } from '../../client/pod-disruption.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { get, NODES, PODS, remove } from '../../client/request.ts'
import { isConditionTrue } from '../../api/conditions.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { TERMINATED_POD_GC_THRESHOLD } from '../../flags/kube-controller-manager.ts'
import type { Node } from '../../kinds/node/node.ts'

const PERIOD = seconds(20)
const QUARANTINE = seconds(40)
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'
const GC = 'gc'

const tick = (now: Micros): Micros => PERIOD - (now % PERIOD)
const ended = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

function consider(ctx: HandlerContext, pod: Pod): void {
  const { nodeName } = pod.spec
  const lost = nodeName ? !ctx.lister<Node>('nodes').get(undefined, nodeName) : pod.metadata.deletionTimestamp !== undefined
  if (lost) ctx.enqueueAfter(GC, tick(ctx.now))
}

/** More pods than may have ended, whether they have or not: worth a look. */
function endedOne(ctx: HandlerContext): void {
  const most = ctx.flag(TERMINATED_POD_GC_THRESHOLD)
  if (most > 0 && ctx.lister<Pod>('pods').list().length > most) ctx.enqueueAfter(GC, tick(ctx.now))
}

/**
 * Deletes pods that no kubelet will end: of nodes that are gone for 40 s, of nodes out of service, never scheduled ones
 * that are being deleted, and the oldest ended ones beyond a threshold. It looks at ticks of 20 s, but only when there may be
 * some (kube-controller-manager: podgc).
 */
export const podGc: Controller = {
  name: 'pod-garbage-collector-controller',
  workers: 1,
  watches: [
    {
      resource: PODS,
      onAdd(ctx, pod: Pod) {
        consider(ctx, pod)
        // Heard of after a restart: one look will count them.
        if (ended(pod) && ctx.flag(TERMINATED_POD_GC_THRESHOLD) > 0) ctx.enqueueAfter(GC, tick(ctx.now))
      },
      onUpdate(ctx, old: Pod, pod: Pod) {
        if (old.spec.nodeName !== pod.spec.nodeName || old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp) consider(ctx, pod)
        if (!ended(old) && ended(pod)) endedOne(ctx)
      },
    },
    {
      resource: NODES,
      onUpdate: (ctx, old: Node, node: Node) => old.spec.taints !== node.spec.taints && isOutOfService(node) && ctx.enqueueAfter(GC, tick(ctx.now)),
      onDelete: (ctx, node: Node) => ctx.lister<Pod>('pods').by('node', node.metadata.name).length > 0 && ctx.enqueueAfter(GC, tick(ctx.now)),
    },
  ],
  state: ['quarantine'],
  reconcile: collect,
}

const isOutOfService = (node: Node): boolean =>
  (node.spec.taints ?? []).some((t) => t.key === OUT_OF_SERVICE) && !isConditionTrue(node.status?.conditions, 'Ready')

function collect(ctx: ControllerContext): ReconcileResult {
  const pods = ctx.lister<Pod>('pods').list()
  const nodes = new Map(ctx.lister<Node>('nodes').list().map((node) => [node.metadata.name, node]))
  collectEnded(ctx, pods)
  for (const pod of pods) {
    const node = nodes.get(pod.spec.nodeName ?? '')
    if (pod.metadata.deletionTimestamp && node && isOutOfService(node)) end(ctx, pod, undefined)
  }
  const waiting = collectOrphans(ctx, pods, nodes)
  for (const pod of pods) if (pod.metadata.deletionTimestamp && !pod.spec.nodeName) end(ctx, pod, undefined)
  return waiting ? { after: tick(ctx.now) } : undefined
}

function collectEnded(ctx: ControllerContext, pods: readonly Pod[]): void {
  const most = ctx.flag(TERMINATED_POD_GC_THRESHOLD)
  if (most <= 0) return
  const done = pods.filter(ended)
  if (done.length <= most) return
  const evicted = (pod: Pod): number => (pod.status?.reason === 'Evicted' ? 0 : 1)
  const order = done.slice().sort((a, b) => evicted(a) - evicted(b) || text(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || text(a.metadata.name, b.metadata.name))
  for (const pod of order.slice(0, done.length - most)) end(ctx, pod, undefined)
}

const text = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0)

/** Pods of nodes that have been gone for the quarantine; true when some node must still wait. */
function collectOrphans(ctx: ControllerContext, pods: readonly Pod[], nodes: ReadonlyMap<string, Node>): boolean {
  const { now } = ctx
  const lost = [...new Set(pods.map((pod) => pod.spec.nodeName ?? '').filter((name) => name !== '' && !nodes.has(name)))].sort()
  const due = ctx.once(() => {
    const table = ctx.state<Micros>('quarantine')
    for (const name of [...table.keys()]) if (!lost.includes(name)) table.delete(name)
    for (const name of lost) if (!table.has(name)) table.set(name, now)
    return lost.filter((name) => now - table.get(name)! >= QUARANTINE)
  })
  for (const name of due) {
    if (!isNotFound(ctx.call(get(NODES, undefined, name)))) continue
    for (const pod of pods) if (pod.spec.nodeName === name) end(ctx, pod, 'DeletionByPodGC')
  }
  return due.length < lost.length
}

/** Marks the pod as failed, unless it has ended, and deletes it without grace. Errors wait for the next look. */
function end(ctx: ControllerContext, pod: Pod, reason: string | undefined): void {
  ctx.note('podgc.delete', { pod: pod.metadata.name, node: pod.spec.nodeName ?? '' })
  if (!ended(pod)) {
    const mark = disruptionPatch(pod, reason, 'PodGC: node no longer exists', ctx.now, true)
    if (mark && isStatus(ctx.call(mark))) return
  }
  ctx.call(remove(PODS, pod, { gracePeriodSeconds: 0 }))
}
