import { compileSelector, isEmptySelector } from '../../api/labels.ts'
import { controllerRef, isBeingDeleted, keyOf, splitKey, uidOf, type KubeObject } from '../../api/meta.ts'
import { isPodAvailable, isPodReady, isPodTerminal, type Pod } from '../../api/pod.ts'
import { isNamespaceTerminating, isNotFound, isStatus } from '../../api/status.ts'
import { claim } from '../../client/claim.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Expectations } from '../../client/expectations.ts'
import { Refused } from '../../client/must.ts'
import { createPod, deletePod, reportCreated, reportDeleted, slowStart } from '../../client/pod-control.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { DAEMON_SETS, get, PODS, update } from '../../client/request.ts'
import { minutes, seconds, type Micros } from '../../engine/time.ts'
import type { DaemonSet, DaemonSetStatus } from '../../kinds/daemonset/daemonset.ts'
import type { Node } from '../../kinds/node/node.ts'
import { cleanupHistory, constructHistory, hashOf } from './history.ts'
import { daemonPod, isUpdated, shouldRun, targetNode } from './placement.ts'
import { byAge, podsOnNode, rollingStep, strayPods, type Changes, type View } from './plan.ts'

const BURST = 250
const FIRST_BACKOFF = seconds(1)
const MAX_BACKOFF = minutes(15)

/** A row of the state table "backoff": how long a failed daemon's node is left alone. */
export interface FailureBackoff {
  readonly delay: Micros
  readonly since: Micros
}

/** One sync of a DaemonSet (kube-controller-manager: daemonset, daemon_controller.go: syncDaemonSet). Throws Refused. */
export function syncDaemonSet(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const ds = ctx.lister<DaemonSet>('daemonsets').get(namespace, name)
  if (!ds) {
    ctx.once(() => {
      new Expectations(ctx).forget(key)
      ctx.state('written').delete(key)
      return null
    })
    return undefined
  }
  if (ctx.once(() => isBehind(ctx, key, ds))) return { retry: `the cache does not show the last write of ${key} yet` }
  if (isEmptySelector(ds.spec.selector)) {
    ctx.event(ds, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.')
    return undefined
  }
  if (isBeingDeleted(ds)) return undefined
  const nodes = ctx.lister<Node>('nodes').list()
  const { current, old } = constructHistory(ctx, ds)
  const hash = hashOf(current)
  const act = satisfied(ctx, key)
  if (!act) return writeStatus(ctx, key, viewOf(ctx, ds, nodes, hash), false)
  let again: Micros | undefined
  const failure = perform(ctx, key, ds, viewOf(ctx, ds, nodes, hash), (delay) => (again = Math.min(again ?? delay, delay)), old)
  const result = writeStatus(ctx, key, viewOf(ctx, ds, nodes, hash), true)
  if (failure) return { retry: failure.message }
  const after = result && 'after' in result ? Math.min(result.after, again ?? result.after) : again
  return after === undefined ? result : { after }
}

function isBehind(ctx: ControllerContext, key: string, ds: DaemonSet): boolean {
  const row = ctx.state<string>('written').get(key)
  if (row === undefined) return false
  if (Number(row) > Number(ds.metadata.resourceVersion)) return true
  ctx.state('written').delete(key)
  return false
}

function satisfied(ctx: ControllerContext, key: string): boolean {
  const { now } = ctx
  return ctx.once(() => new Expectations(ctx).satisfied(key, now))
}

/** Claimed pods by the node that they are for; ended ones that are being deleted do not count. */
function viewOf(ctx: ControllerContext, ds: DaemonSet, nodes: readonly Node[], hash: string): View {
  const lister = ctx.lister<Pod>('pods')
  const candidates = [...lister.by('owner', uidOf(ds)), ...lister.by('orphan', ds.metadata.namespace ?? '')]
  const pods = new Map<string, Pod[]>()
  for (const pod of claim(ctx, { owner: ds, owners: DAEMON_SETS, resource: PODS, selector: compileSelector(ds.spec.selector) }, candidates)) {
    if (isPodTerminal(pod) && isBeingDeleted(pod)) continue
    const node = targetNode(pod)
    if (node === undefined) continue
    const list = pods.get(node)
    if (list) list.push(pod)
    else pods.set(node, [pod])
  }
  return { ds, nodes, pods: new Map([...pods].sort(([a], [b]) => (a < b ? -1 : 1))), hash, now: ctx.now }
}

function perform(ctx: ControllerContext, key: string, ds: DaemonSet, view: View, later: (delay: Micros) => void, old: Parameters<typeof cleanupHistory>[2]): Refused | undefined {
  try {
    const changes = view.nodes.map((node) => podsOnNode(view, node, (pod, on) => mayDelete(ctx, ds, pod, on, later)))
    const wanted: Changes = { create: changes.flatMap((c) => c.create), remove: [...changes.flatMap((c) => c.remove), ...strayPods(view)] }
    describe(ctx, key, view, wanted)
    apply(ctx, key, ds, view.hash, wanted)
    if (satisfied(ctx, key) && ds.spec.updateStrategy?.type !== 'OnDelete') apply(ctx, key, ds, view.hash, rollingStep(viewOf(ctx, ds, view.nodes, view.hash)))
    cleanupHistory(ctx, ds, old, [...view.pods.values()].flat())
    return undefined
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown
    throw thrown
  }
}

function describe(ctx: ControllerContext, key: string, view: View, { create, remove }: Changes): void {
  const desired = view.nodes.filter((node) => shouldRun(view.ds, node)[0]).length
  const observed = view.pods.size
  const params = { key, name: view.ds.metadata.name, desired, observed, difference: observed - desired, willDo: create.length + remove.length, creates: create.length, deletes: remove.length }
  ctx.note(create.length + remove.length === 0 ? 'daemonset.rests.sync' : 'daemonset.acts.sync', params)
}

/** Ended daemons are deleted and made again; failed ones with a growing back-off a node. */
function mayDelete(ctx: ControllerContext, ds: DaemonSet, pod: Pod, node: Node, later: (delay: Micros) => void): boolean {
  const { name, namespace } = pod.metadata
  if (pod.status?.phase === 'Succeeded') {
    ctx.event(ds, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${namespace}/${name} on node ${node.metadata.name}, will try to delete it`)
    return true
  }
  const { now } = ctx
  const wait = ctx.once(() => {
    const table = ctx.state<FailureBackoff>('backoff')
    const key = `${uidOf(ds)}/${ds.metadata.generation ?? 0}/${node.metadata.name}`
    const row = table.get(key)
    const fresh = !row || now - row.since > 2 * MAX_BACKOFF
    if (!fresh && now - row.since < row.delay) return row.delay
    table.set(key, { delay: fresh ? FIRST_BACKOFF : Math.min(2 * row.delay, MAX_BACKOFF), since: now })
    return 0
  })
  if (wait > 0) {
    later(wait)
    return false
  }
  ctx.event(ds, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${namespace}/${name} on node ${node.metadata.name}, will try to kill it`)
  return true
}

/** Creates and deletes; expectations cover both. Throws the first refusal (syncNodes). */
function apply(ctx: ControllerContext, key: string, ds: DaemonSet, hash: string, changes: Changes): void {
  const create = changes.create.slice(0, BURST)
  const remove = changes.remove.slice(0, BURST)
  const { now } = ctx
  const expect = (change: (expectations: Expectations) => void): void => {
    ctx.once(() => {
      change(new Expectations(ctx))
      return null
    })
  }
  expect((e) => e.expectBoth(key, create.length, remove.map(keyOf), now))
  const ref = controllerRef(ds)
  const { successes, failure } = slowStart<Pod>(ctx, create.length, (i) => createPod(ds, daemonPod(ds, create[i]!, hash, ref)), (answer) => {
    const refused = reportCreated(ctx, ds, answer)
    return refused && !isNamespaceTerminating(refused) ? refused : undefined
  })
  if (successes < create.length) expect((e) => e.creationObserved(key, create.length - successes))
  let first = failure
  ctx.all<KubeObject>(remove.map((pod) => deletePod(pod))).forEach((answer, i) => {
    const pod = remove[i]!
    const refused = reportDeleted(ctx, ds, pod.metadata.name, answer)
    if (!refused) return
    expect((e) => e.deletionObserved(key, keyOf(pod)))
    if (!isNotFound(refused)) first ??= refused
  })
  if (first) throw new Refused(first)
}

function statusOf(view: View): DaemonSetStatus {
  const { ds, hash, now } = view
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0]
  for (const node of view.nodes) {
    const pods = view.pods.get(node.metadata.name)
    if (!shouldRun(ds, node)[0]) {
      if (pods) misscheduled++
      continue
    }
    desired++
    if (!pods) continue
    current++
    const pod = pods.length > 1 ? pods.slice().sort(byAge)[0]! : pods[0]!
    if (isPodReady(pod)) {
      ready++
      if (isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, now)) available++
    }
    if (isUpdated(ds, pod, hash)) updated++
  }
  return {
    currentNumberScheduled: current,
    desiredNumberScheduled: desired,
    ...(available > 0 ? { numberAvailable: available } : {}),
    numberMisscheduled: misscheduled,
    numberReady: ready,
    ...(desired - available > 0 ? { numberUnavailable: desired - available } : {}),
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
  }
}

const COUNTS = ['currentNumberScheduled', 'desiredNumberScheduled', 'numberAvailable', 'numberMisscheduled', 'numberReady', 'numberUnavailable', 'updatedNumberScheduled'] as const

function writeStatus(ctx: ControllerContext, key: string, view: View, observed: boolean): ReconcileResult {
  const { ds } = view
  const status = statusOf(view)
  const generation = ds.metadata.generation ?? 0
  const same = COUNTS.every((name) => (ds.status?.[name] ?? 0) === (status[name] ?? 0)) && (ds.status?.observedGeneration ?? 0) >= generation
  if (!same) store(ctx, key, ds, status, observed)
  const wait = ds.spec.minReadySeconds ?? 0
  return wait > 0 && status.numberReady !== (status.numberAvailable ?? 0) ? { after: seconds(wait) } : undefined
}

function store(ctx: ControllerContext, key: string, ds: DaemonSet, counts: DaemonSetStatus, observed: boolean): void {
  const merge = (known: DaemonSetStatus | undefined): DaemonSetStatus => ({
    ...counts,
    ...(known?.collisionCount === undefined ? {} : { collisionCount: known.collisionCount }),
    ...(known?.conditions ? { conditions: known.conditions } : {}),
    ...(observed ? { observedGeneration: ds.metadata.generation } : known?.observedGeneration === undefined ? {} : { observedGeneration: known.observedGeneration }),
  })
  ctx.note('daemonset.status', { name: ds.metadata.name, desired: counts.desiredNumberScheduled, ready: counts.numberReady })
  let answer = ctx.call<DaemonSet>(update(DAEMON_SETS, { ...ds, status: merge(ds.status) }, 'status'))
  if (isStatus(answer)) {
    const fresh = ctx.call<DaemonSet>(get(DAEMON_SETS, ds.metadata.namespace, ds.metadata.name))
    if (isStatus(fresh)) throw new Refused(fresh)
    answer = ctx.call<DaemonSet>(update(DAEMON_SETS, { ...fresh, status: merge(fresh.status) }, 'status'))
    if (isStatus(answer)) throw new Refused(answer)
  }
  const version = answer.metadata.resourceVersion
  ctx.once(() => {
    if (version) ctx.state<string>('written').set(key, version)
    return null
  })
}
