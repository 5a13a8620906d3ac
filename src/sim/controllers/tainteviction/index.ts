import { deepEqual } from '../../api/deep.ts'
import { keyOf, splitKey, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Taint, Toleration } from '../../api/scheduling.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import { tolerates } from '../../api/tolerations.ts'
import type { Controller, ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { get, NODES, PODS, remove } from '../../client/request.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { disruptionPatch } from '../../client/pod-disruption.ts'
import type { Node } from '../../kinds/node/node.ts'

/** A row of the state table "evictions": when a pod is to go. It goes when that has been done (timed_workers.go); one that `runs` cannot be cancelled any more. */
interface Eviction {
  readonly created: Micros
  readonly at: Micros
  readonly runs: boolean
}

const TRIES = 5
const noExecute = (node: Node): readonly Taint[] => (node.spec.taints ?? []).filter((t) => t.effect === 'NoExecute')

/** Deletes pods from nodes with NoExecute taints when their tolerations end (kube-controller-manager: tainteviction). */
export const taintEviction: Controller = {
  name: 'taint-eviction-controller',
  workers: 8,
  watches: [
    {
      resource: NODES,
      onAdd: (ctx, node: Node) => noExecute(node).length > 0 && ctx.enqueue(`node ${node.metadata.name}`),
      onUpdate: (ctx, old: Node, node: Node) => old.spec.taints !== node.spec.taints && !deepEqual(noExecute(old), noExecute(node)) && ctx.enqueue(`node ${node.metadata.name}`),
    },
    {
      resource: PODS,
      onAdd: (ctx, pod: Pod) => wake(ctx, pod),
      onUpdate: (ctx, old: Pod, pod: Pod) => {
        const same = old.spec.nodeName === pod.spec.nodeName && (old.spec.tolerations === pod.spec.tolerations || deepEqual(old.spec.tolerations, pod.spec.tolerations))
        if (!same) wake(ctx, pod)
      },
      onDelete: (ctx, pod: Pod) => ctx.state('evictions').has(keyOf(pod)) && ctx.enqueue(`pod ${keyOf(pod)}`),
    },
  ],
  state: ['evictions'],
  reconcile(ctx, key) {
    const [what, name = ''] = key.split(' ')
    if (what === 'node') return checkNode(ctx, name)
    return what === 'pod' ? checkPod(ctx, name) : evict(ctx, name)
  },
}

/** Only pods on nodes with NoExecute taints are of interest. */
function wake(ctx: { lister<T extends KubeObject>(plural: string): { get(ns: string | undefined, name: string): T | undefined }; enqueue(key: string): void }, pod: Pod): void {
  const node = pod.spec.nodeName ? ctx.lister<Node>('nodes').get(undefined, pod.spec.nodeName) : undefined
  if (node && noExecute(node).length > 0) ctx.enqueue(`pod ${keyOf(pod)}`)
}

function checkNode(ctx: ControllerContext, name: string): ReconcileResult {
  const node = ctx.lister<Node>('nodes').get(undefined, name)
  if (!node) return undefined
  const taints = noExecute(node)
  const { now } = ctx
  for (const pod of ctx.lister<Pod>('pods').by('node', name)) {
    if (taints.length === 0) cancel(ctx, keyOf(pod))
    else decide(ctx, pod, taints, now)
  }
  return undefined
}

function checkPod(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const pod = ctx.lister<Pod>('pods').get(namespace, name)
  if (!pod) {
    cancel(ctx, key)
    return undefined
  }
  const node = pod.spec.nodeName ? ctx.lister<Node>('nodes').get(undefined, pod.spec.nodeName) : undefined
  const taints = node ? noExecute(node) : []
  if (taints.length > 0) decide(ctx, pod, taints, ctx.now)
  return undefined
}

/** Seconds for which the pod stays: 0 at once, undefined for ever (getMinTolerationTime over the tolerations used). */
export function toleratedSeconds(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): number | undefined {
  let least: number | undefined
  for (const taint of taints) {
    const used = tolerations?.find((t) => tolerates(t, taint))
    if (!used) return 0
    if (used.tolerationSeconds === undefined) continue
    if (used.tolerationSeconds <= 0) return 0
    least = Math.min(least ?? used.tolerationSeconds, used.tolerationSeconds)
  }
  return least
}

function decide(ctx: ControllerContext, pod: Pod, taints: readonly Taint[], now: Micros): void {
  const wait = toleratedSeconds(taints, pod.spec.tolerations)
  const key = keyOf(pod)
  if (wait === undefined) return cancel(ctx, key)
  const known = ctx.once(() => ctx.state<Eviction>('evictions').get(key) ?? null)
  if (wait === 0) {
    cancel(ctx, key)
    return plan(ctx, key, { created: now, at: now, runs: true })
  }
  let created = now
  if (known && !known.runs) {
    // A change of tolerations counts from the first taint on; what would come later is left as it is.
    created = known.created
    if (created + seconds(wait) < now + seconds(wait)) return
    cancel(ctx, key)
  } else if (known) return
  ctx.note('eviction.planned', { pod: key, seconds: wait })
  plan(ctx, key, { created, at: now + seconds(wait), runs: false })
}

function plan(ctx: ControllerContext, key: string, eviction: Eviction): void {
  ctx.once(() => {
    ctx.state<Eviction>('evictions').set(key, eviction)
    return null
  })
  ctx.enqueueAfter(`evict ${key}`, eviction.at - ctx.now)
}

function cancel(ctx: ControllerContext, key: string): void {
  const pending = ctx.once(() => {
    const row = ctx.state<Eviction>('evictions').get(key)
    ctx.state('evictions').delete(key)
    return row !== undefined && !row.runs
  })
  if (!pending) return
  ctx.note('eviction.cancelled', { pod: key })
  ctx.event(nameOf(key), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`)
}

/** The time has come: says so in an Event, marks the pod as disrupted and deletes it. */
function evict(ctx: ControllerContext, key: string): ReconcileResult {
  const { now } = ctx
  const row = ctx.once(() => ctx.state<Eviction>('evictions').get(key) ?? null)
  if (!row) return undefined
  if (row.at > now) return { after: row.at - now }
  ctx.once(() => {
    ctx.state<Eviction>('evictions').set(key, { ...row, runs: true })
    return null
  })
  const { namespace, name } = splitKey(key)
  ctx.note('eviction.now', { pod: key })
  ctx.event(nameOf(key), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`)
  for (let i = 0; i < TRIES && !deletePod(ctx, namespace, name); i++) ctx.sleep(ms(10))
  ctx.once(() => {
    ctx.state('evictions').delete(key)
    return null
  })
  return undefined
}

/** Events name pods without their uid, as Kubernetes' do. */
function nameOf(key: string): KubeObject {
  const { namespace, name } = splitKey(key)
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } }
}

function deletePod(ctx: ControllerContext, namespace: string | undefined, name: string): boolean {
  const pod = ctx.call<Pod>(get(PODS, namespace, name))
  if (isStatus(pod)) return isNotFound(pod)
  const patch = disruptionPatch(pod, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', ctx.now)
  if (patch && isStatus(ctx.call(patch))) return false
  const answer = ctx.call(remove(PODS, pod))
  return !isStatus(answer) || isNotFound(answer)
}
