import { compileSelector, matches, type Selector } from '../../api/labels.ts'
import { isBeingDeleted, splitKey, uidOf, type StringMap } from '../../api/meta.ts'
import { isPodActive, type Pod } from '../../api/pod.ts'
import { seconds } from '../../engine/time.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { claim } from '../claim.ts'
import type { Controller, ControllerContext, HandlerContext } from '../controller.ts'
import { EXPECTATION_TABLES, Expectations } from '../expectations.ts'
import { retrying } from '../must.ts'
import type { ReconcileResult } from '../reconcile-context.ts'
import { PODS, type Request } from '../request.ts'
import { Crew, CREWS } from './crew.ts'
import { ownHandlers, podHandlers } from './handlers.ts'
import { BURST, manageReplicas } from './manage.ts'
import { selectorOf } from './selector.ts'
import { nextAvailabilityCheck, podCounts, replicaSetStatus, updateReplicaSetStatus } from './status.ts'

/** A controller that keeps a number of equal pods: ReplicaSets, and ReplicationControllers seen as such. */
export interface ReplicaKind {
  readonly name: string
  /** source.component of its Events, where that is not the name. */
  readonly component?: string
  readonly kind: string
  readonly resource: Pick<Request, 'group' | 'version' | 'resource'>
  /** Report status.terminatingReplicas. */
  readonly countTerminating: boolean
}

/** The controller of a ReplicaKind (kube-controller-manager: replicaset, replica_set.go: NewBaseController). */
export function replicaController(of: ReplicaKind): Controller {
  return {
    name: of.name,
    ...(of.component ? { component: of.component } : {}),
    workers: 5,
    watches: [
      { resource: of.resource, ...ownHandlers },
      podHandlers({ kind: of.kind, plural: of.resource.resource }),
    ],
    state: [...EXPECTATION_TABLES, WRITTEN],
    reconcile: (ctx, key) => retrying(() => sync(ctx, of, key)),
  }
}

function sync(ctx: ControllerContext, of: ReplicaKind, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const rs = ctx.lister<ReplicaSet>(of.resource.resource).get(namespace, name)
  if (!rs) return forget(ctx, key)
  if (isBehind(ctx, key, rs)) return { retry: `the cache does not show the last write of ${key} yet` }
  const started = ctx.now
  const act = ctx.once(() => new Expectations(ctx).satisfied(key, started))
  const pods = ctx.lister<Pod>('pods')
  const own = pods.by('owner', uidOf(rs))
  const orphans = pods.by('orphan', namespace ?? '')
  const selector = compileSelector(selectorOf(rs))
  // Mostly all are active and nobody comes or goes, which is known without a look at each of thousands.
  const { settled, terminating } = ctx.inside((caches) => muster(crewOf(caches, rs), selector, orphans))
  const active = settled ? own : claim<Pod>(ctx, { owner: rs, owners: of.resource, resource: PODS, selector }, ctx.once(() => candidatesOf(own, orphans)))
  const counts = ctx.inside((caches) => podCounts(rs, settled ? crewOf(caches, rs) : Crew.of(active)))
  describe(ctx, key, rs, active.length, act)
  const failure = act && !isBeingDeleted(rs) ? manageReplicas(ctx, key, rs, active) : undefined
  const { now } = ctx
  const status = ctx.once(() => replicaSetStatus(rs, active, counts, of.countTerminating ? terminating : undefined, failure, now))
  const written = updateReplicaSetStatus(ctx, of.resource, rs, status)
  remember(ctx, key, written)
  if (failure !== undefined) return { retry: failure }
  const wait = written.spec.minReadySeconds ?? 0
  if (wait === 0 || (written.status?.readyReplicas ?? 0) === (written.status?.availableReplicas ?? 0)) return undefined
  const next = nextAvailabilityCheck(active, wait, now)
  return { after: next === undefined ? seconds(wait) : Math.max(0, next - (ctx.now - now)) }
}

/** State table: the resourceVersion that the controller wrote last, by key. */
const WRITTEN = 'written'

/** A cache older than the controller's own last write is not acted upon (controller/util/consistency, on since 1.36). */
function isBehind(ctx: ControllerContext, key: string, rs: ReplicaSet): boolean {
  return ctx.once(() => {
    const row = ctx.state<string>(WRITTEN).get(key)
    if (row === undefined) return false
    if (Number(row) > Number(rs.metadata.resourceVersion)) return true
    ctx.state<string>(WRITTEN).delete(key)
    return false
  })
}

function remember(ctx: ControllerContext, key: string, written: ReplicaSet): void {
  ctx.once(() => {
    if (written.metadata.resourceVersion) ctx.state<string>(WRITTEN).set(key, written.metadata.resourceVersion)
    return null
  })
}

function forget(ctx: ControllerContext, key: string): undefined {
  ctx.once(() => {
    new Expectations(ctx).forget(key)
    ctx.state<string>(WRITTEN).delete(key)
    return null
  })
}

/** The pods that name the set as their controller, in numbers. */
const crewOf = (caches: HandlerContext, rs: ReplicaSet): Crew => caches.lister<Pod>('pods').tally(CREWS, uidOf(rs)) ?? new Crew()

/** Are all of the crew active and nobody to be adopted or released? And how many are on their way out. */
function muster(crew: Crew, selector: Selector, orphans: readonly Pod[]): { readonly settled: boolean; readonly terminating: number } {
  const fits = (labels: StringMap | undefined): boolean => matches(selector, labels)
  const settled = crew.active === crew.size && crew.allActive(fits) && !orphans.some((pod) => isPodActive(pod) && fits(pod.metadata.labels))
  return { settled, terminating: crew.terminating }
}

const candidatesOf = (own: readonly Pod[], orphans: readonly Pod[]): readonly Pod[] => [...own.filter(isPodActive), ...orphans.filter(isPodActive)]

/** The sync in one sentence: what was seen, what is wished, what comes next. */
function describe(ctx: ControllerContext, key: string, rs: ReplicaSet, observed: number, act: boolean): void {
  const desired = rs.spec.replicas ?? 1
  const difference = observed - desired
  const name = rs.metadata.name
  const willDo = act ? Math.min(Math.abs(difference), BURST) : 0
  const what = !act ? 'waits' : difference < 0 ? 'creates' : difference > 0 ? 'deletes' : 'rests'
  ctx.note(`replicaset.${what}.sync`, { key, name, desired, observed, difference, willDo })
}
