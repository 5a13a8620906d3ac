import { isBeingDeleted, type KubeList, type KubeObject } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { isConflict, isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { get, list, NAMESPACES, update } from '../../client/request.ts'
import { CRDS, customResource, storedResources, type StoredResource } from '../../client/resources.ts'
import { formatTime, parseTime, seconds } from '../../engine/time.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { Namespace } from '../../kinds/namespace/namespace.ts'
import { deletionStatus, type Remainder } from './conditions.ts'

const FINALIZER = 'kubernetes'
/** Nothing happens for so long after each change of a namespace that is being deleted. */
const GRACE = seconds(5)
/** Guess for objects that wait for somebody's finalizer, in seconds. */
const FINALIZER_ESTIMATE = 15

const contents = storedResources.filter((r) => r.namespaced)

const wake = (ctx: HandlerContext, ns: Namespace): void => {
  if (isBeingDeleted(ns)) ctx.enqueueAfter(ns.metadata.name, GRACE)
}

/** Empties and ends namespaces that are being deleted: pods first, then all else (kube-controller-manager: namespace). */
export const namespaceController: Controller = {
  name: 'namespace-controller',
  workers: 10,
  qps: 400,
  burst: 3000,
  watches: [
    { resource: NAMESPACES, onAdd: wake, onUpdate: (ctx, _old: Namespace, ns: Namespace) => wake(ctx, ns) },
    { resource: CRDS },
  ],
  reconcile: (ctx, key) => retrying(() => sync(ctx, key)),
}

function sync(ctx: ControllerContext, name: string): ReconcileResult {
  if (!ctx.lister<Namespace>('namespaces').get(undefined, name)) return undefined
  const ns = ctx.call<Namespace>(get(NAMESPACES, undefined, name))
  if (isNotFound(ns)) return undefined
  if (isStatus(ns)) throw new Refused(ns)
  if (!isBeingDeleted(ns) || (ns.spec?.finalizers ?? []).length === 0) return undefined
  const { estimate, left } = empty(ctx, ns)
  const status = deletionStatus(ns, left, formatTime(ctx.now))
  // A refused status is only reported in Kubernetes' log; the sync goes on with what it found.
  if (status) ctx.call(update(NAMESPACES, { ...ns, status }, 'status'))
  if (left.errors.length > 0) return { retry: left.errors.join(', ') }
  if (estimate > 0) {
    ctx.note('namespace.waits', { name, count: Object.values(left.resources).reduce((a, b) => a + b, 0) })
    return { after: seconds(Math.floor(estimate / 2) + 1) }
  }
  return finalize(ctx, ns)
}

interface Emptied {
  readonly estimate: number
  readonly left: Remainder
}

/** Pods go first; as long as some remain, nothing else is touched and the totals are not told. */
function empty(ctx: ControllerContext, ns: Namespace): Emptied {
  const left = { resources: {} as Record<string, number>, finalizers: {} as Record<string, number>, errors: [] as string[] }
  const pods = contents.find((r) => r.resource === 'pods')!
  let estimate = emptyOf(ctx, ns, pods, left)
  if (Object.keys(left.resources).length > 0) return { estimate, left: { resources: {}, finalizers: {}, errors: left.errors } }
  for (const resource of contents) if (resource !== pods && mayHave(ctx, resource, ns.metadata.name)) estimate = Math.max(estimate, emptyOf(ctx, ns, resource, left))
  for (const resource of customContents(ctx)) estimate = Math.max(estimate, emptyOf(ctx, ns, resource, left))
  return { estimate, left }
}

/** What CustomResourceDefinitions have added to the kinds of a namespace; nothing caches their objects, so each is asked for. */
function customContents(ctx: ControllerContext): readonly StoredResource[] {
  const kinds = ctx.lister<CustomResourceDefinition>(CRDS.resource).list().map(customResource)
  return kinds.filter((kind): kind is StoredResource => kind?.namespaced === true)
}

/**
 * Kubernetes asks the API server about every kind; here kinds of which the caches show nothing are skipped. The namespace
 * has taken no new objects for five seconds by then, so the caches have caught up. Events have no cache.
 */
const mayHave = (ctx: ControllerContext, resource: StoredResource, namespace: string): boolean =>
  resource.resource === 'events' || ctx.lister<KubeObject>(resource.resource).list(namespace).length > 0

/** Deletes all objects of a resource; gives back the seconds until they may be gone (namespaced_resources_deleter.go). */
function emptyOf(ctx: ControllerContext, ns: Namespace, resource: StoredResource, left: { resources: Record<string, number>; finalizers: Record<string, number>; errors: string[] }): number {
  const namespace = ns.metadata.name
  const estimate = resource.resource === 'pods' ? podEstimate(ctx, ns) : 0
  const { group, version, resource: plural } = resource
  ctx.note('namespace.empty', { name: namespace, resource: plural })
  const gone = ctx.call({ verb: 'deletecollection', group, version, resource: plural, namespace, options: { propagationPolicy: 'Background' } })
  if (isStatus(gone) && !isNotFound(gone)) {
    left.errors.push(gone.message ?? '')
    return estimate
  }
  const { items } = must(ctx.call<KubeList>(list(resource, namespace)))
  if (items.length === 0) return 0
  left.resources[`${plural}.${group}`] = items.length
  let held = 0
  for (const item of items)
    for (const finalizer of item.metadata.finalizers ?? []) {
      left.finalizers[finalizer] = (left.finalizers[finalizer] ?? 0) + 1
      held++
    }
  if (estimate !== 0) return estimate
  if (held > 0) return FINALIZER_ESTIMATE
  left.errors.push(`unexpected items still remain in namespace: ${namespace} for gvr: ${group}/${version}, Resource=${plural}`)
  return 0
}

/** The longest grace period of pods that still run, unless that time has passed since the deletion. */
function podEstimate(ctx: ControllerContext, ns: Namespace): number {
  const { items } = must(ctx.call<KubeList<Pod>>(list({ group: '', version: 'v1', resource: 'pods' }, ns.metadata.name)))
  let estimate = 0
  for (const pod of items) if (!isPodTerminal(pod)) estimate = Math.max(estimate, pod.spec.terminationGracePeriodSeconds ?? 0)
  const since = ctx.now - (parseTime(ns.metadata.deletionTimestamp) ?? 0)
  return since >= seconds(estimate) ? 0 : estimate
}

/** Takes our finalizer away, after which the API server lets the namespace go. */
function finalize(ctx: ControllerContext, ns: Namespace): undefined {
  ctx.note('namespace.finalize', { name: ns.metadata.name })
  for (let latest = ns; ; ) {
    const finalizers = (latest.spec?.finalizers ?? []).filter((f) => f !== FINALIZER)
    const answer = ctx.call<Namespace>(update(NAMESPACES, { ...latest, spec: { ...latest.spec, finalizers } }, 'finalize'))
    if (!isStatus(answer) || isNotFound(answer)) return undefined
    if (!isConflict(answer)) throw new Refused(answer)
    latest = must(ctx.call<Namespace>(get(NAMESPACES, undefined, ns.metadata.name)))
    if (latest.metadata.uid !== ns.metadata.uid) throw new Refused('namespace uid has changed across retries')
  }
}
