import { deepEqual } from '../../api/deep.ts'
import { budgetMatches, withDisruptionCondition, type PodDisruptionBudget, type PodDisruptionBudgetStatus } from '../../api/disruption.ts'
import { compileSelector, formatLabelSelector, matches } from '../../api/labels.ts'
import { keyOf, splitKey } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import { isConflict, isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { DEPLOYMENTS, PODS, REPLICA_SETS, update } from '../../client/request.ts'
import { CRDS } from '../../client/resources.ts'
import { formatTime, minutes, parseTime, type Micros } from '../../engine/time.ts'
import { expected } from './expected.ts'
import { MARKS, STALE, syncStale, watchMark } from './stale.ts'

const BUDGETS = { group: 'policy', version: 'v1', resource: 'poddisruptionbudgets' } as const
const STATEFUL_SETS = { group: 'apps', version: 'v1', resource: 'statefulsets' } as const
const REPLICATION_CONTROLLERS = { group: '', version: 'v1', resource: 'replicationcontrollers' } as const
const SEVERAL = 'several '
/** An evicted pod that is not being deleted after so long counts as healthy again. */
const DELETION_TIMEOUT = minutes(2)

function wake(ctx: HandlerContext, pod: Pod): void {
  const matching = ctx.lister<PodDisruptionBudget>('poddisruptionbudgets').list(pod.metadata.namespace).filter((pdb) => budgetMatches(pdb, pod))
  for (const pdb of matching) ctx.enqueue(keyOf(pdb))
  if (matching.length > 1) ctx.enqueue(`${SEVERAL}${keyOf(pod)} ${pod.metadata.uid} ${matching[0]!.metadata.name}`)
}

/** Warns that a pod has several budgets. Kubernetes then looks at any one of them; here all are kept right. */
function warn(ctx: ControllerContext, key: string): undefined {
  const [pod = '', uid = '', pdb] = key.slice(SEVERAL.length).split(' ')
  const { namespace, name } = splitKey(pod)
  ctx.event(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid } },
    'Warning', 'MultiplePodDisruptionBudgets', `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${pdb}" arbitrarily.`,
  )
}

/** Computes how many pods of each PodDisruptionBudget may be evicted (kube-controller-manager: disruption). */
export const disruptionController: Controller = {
  name: 'disruption-controller',
  component: 'controllermanager',
  workers: 1,
  watches: [
    {
      resource: BUDGETS,
      onAdd: (ctx, pdb: PodDisruptionBudget) => ctx.enqueue(keyOf(pdb)),
      onUpdate: (ctx, _old: PodDisruptionBudget, pdb: PodDisruptionBudget) => ctx.enqueue(keyOf(pdb)),
    },
    {
      resource: PODS,
      onAdd(ctx, pod: Pod) {
        wake(ctx, pod)
        watchMark(ctx, pod)
      },
      onUpdate(ctx, old: Pod, pod: Pod) {
        wake(ctx, pod)
        watchMark(ctx, pod)
        if (!deepEqual(old.metadata.labels, pod.metadata.labels)) wake(ctx, old)
      },
      onDelete(ctx, pod: Pod) {
        wake(ctx, pod)
        watchMark(ctx, pod, true)
      },
    },
    { resource: DEPLOYMENTS },
    { resource: REPLICA_SETS },
    { resource: STATEFUL_SETS },
    { resource: REPLICATION_CONTROLLERS },
    { resource: CRDS },
  ],
  state: [MARKS],
  reconcile: (ctx, key) => (key.startsWith(SEVERAL) ? warn(ctx, key) : key === STALE ? retrying(() => syncStale(ctx)) : sync(ctx, key)),
}

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const pdb = ctx.lister<PodDisruptionBudget>('poddisruptionbudgets').get(namespace, name)
  if (!pdb) return undefined
  const selector = compileSelector(pdb.spec?.selector)
  const pods = ctx.lister<Pod>('pods').list(namespace).filter((pod) => matches(selector, pod.metadata.labels))
  if (pods.length === 0) ctx.event(pdb, 'Normal', 'NoPods', 'No matching pods found')
  const wish = expected(ctx, pdb, pods)
  if (typeof wish === 'string') {
    ctx.event(pdb, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${wish}`)
    return fail(ctx, pdb, wish)
  }
  if (wish.unmanaged > 0)
    ctx.event(
      pdb,
      'Warning',
      'UnmanagedPods',
      `Pods selected by this PodDisruptionBudget (selector: ${goSelector(pdb)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
    )
  const { now } = ctx
  const { disrupted, recheck } = stillDisrupted(ctx, pdb, pods, now)
  const currentHealthy = pods.filter((pod) => !pod.metadata.deletionTimestamp && !(pod.metadata.name in disrupted) && isPodReady(pod)).length
  const allowed = wish.pods <= 0 ? 0 : Math.max(0, currentHealthy - wish.healthy)
  const counts: PodDisruptionBudgetStatus = {
    ...(pdb.status?.conditions ? { conditions: pdb.status.conditions } : {}),
    currentHealthy,
    desiredHealthy: wish.healthy,
    ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
    disruptionsAllowed: allowed,
    expectedPods: wish.pods,
    observedGeneration: pdb.metadata.generation,
  }
  const refusal = write(ctx, pdb, withDisruptionCondition(counts, pdb.metadata.generation, formatTime(now)))
  if (refusal) return isConflict(refusal) ? { retry: refusal.message ?? '' } : fail(ctx, pdb, refusal.message ?? '')
  return recheck === undefined ? undefined : { after: recheck - now }
}

/** As Go prints a *metav1.LabelSelector with %v. */
function goSelector(pdb: PodDisruptionBudget): string {
  const { matchLabels = {}, matchExpressions = [] } = pdb.spec?.selector ?? {}
  if (matchExpressions.length > 0) return formatLabelSelector(pdb.spec?.selector)
  return `&LabelSelector{MatchLabels:map[string]string{${Object.keys(matchLabels).sort().map((k) => `${k}: ${matchLabels[k]},`).join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`
}

function write(ctx: ControllerContext, pdb: PodDisruptionBudget, status: PodDisruptionBudgetStatus): Status | undefined {
  if (deepEqual(pdb.status, status)) return undefined
  ctx.note('disruption.status', { name: pdb.metadata.name, healthy: status.currentHealthy, desired: status.desiredHealthy, allowed: status.disruptionsAllowed })
  const answer = ctx.call(update(BUDGETS, { ...pdb, status }, 'status'))
  return isStatus(answer) && !isNotFound(answer) ? answer : undefined
}

/** What cannot be counted allows no disruption (failSafe). */
function fail(ctx: ControllerContext, pdb: PodDisruptionBudget, why: string): ReconcileResult {
  const none = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...pdb.status, disruptionsAllowed: 0 }
  const refusal = write(ctx, pdb, withDisruptionCondition(none, pdb.status?.observedGeneration, formatTime(ctx.now), why))
  return refusal && { retry: refusal.message ?? '' }
}

/** Evictions that were granted and whose pods are not being deleted yet. */
function stillDisrupted(ctx: ControllerContext, pdb: PodDisruptionBudget, pods: readonly Pod[], now: Micros): { readonly disrupted: Readonly<Record<string, string>>; readonly recheck: Micros | undefined } {
  const disrupted: Record<string, string> = {}
  let recheck: Micros | undefined
  for (const pod of pods) {
    const since = pdb.status?.disruptedPods?.[pod.metadata.name]
    if (since === undefined || pod.metadata.deletionTimestamp) continue
    const until = (parseTime(since) ?? 0) + DELETION_TIMEOUT
    if (until < now) {
      const { namespace } = pdb.metadata
      ctx.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`)
      continue
    }
    disrupted[pod.metadata.name] = since
    recheck = Math.min(recheck ?? until, until)
  }
  return { disrupted, recheck }
}
