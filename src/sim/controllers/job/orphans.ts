import { compileSelector, matches, selectorText } from '../../api/labels.ts'
import { controllerOf, splitKey } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { patch, PODS, type Request } from '../../client/request.ts'
import { parseSelector } from '../../api/selector-syntax.ts'
import type { Job } from '../../kinds/job/job.ts'
import { isJobFinished } from './conditions.ts'
import { isTracked, TRACKING } from './pods.ts'

const ONE = 'orphan:'
const ALL = 'orphans:'

/** Queue keys for pods that nobody counts any more: one by name, or all that match a selector. */
export const orphanPod = (pod: Pod): string => `${ONE}${pod.metadata.namespace}/${pod.metadata.name}`
export const orphansOf = ({ metadata, spec }: Job): string => `${ALL}${metadata.namespace}/${selectorText(compileSelector(spec.selector))}`
export const isOrphanKey = (key: string): boolean => key.startsWith(ONE) || key.startsWith(ALL)

export const withoutTracking = (pod: Pod): Request => patch(PODS, pod, { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING] } })

/** Takes the tracking finalizer from pods without a Job that would (job_controller.go: syncOrphanPod). */
export function syncOrphans(ctx: ControllerContext, key: string): ReconcileResult {
  const one = key.startsWith(ONE)
  const { namespace, name: rest } = splitKey(key.slice((one ? ONE : ALL).length))
  const lister = ctx.lister<Pod>('pods')
  const found = one ? [lister.get(namespace, rest)] : matching(lister.list(namespace), rest)
  const orphans = found.filter((pod): pod is Pod => pod !== undefined && isTracked(pod) && isOrphan(ctx, pod))
  if (orphans.length === 0) return undefined
  ctx.note('job.orphans', { count: orphans.length, pod: orphans[0]!.metadata.name })
  const failure = ctx.all(orphans.map(withoutTracking)).find((answer) => isStatus(answer) && !isNotFound(answer))
  return one && isStatus(failure) ? { retry: failure.message ?? '' } : undefined
}

function matching(pods: readonly Pod[], text: string): readonly Pod[] {
  const selector = parseSelector(text)
  return typeof selector === 'string' ? [] : pods.filter((pod) => matches(selector, pod.metadata.labels))
}

function isOrphan(ctx: ControllerContext, pod: Pod): boolean {
  const ref = controllerOf(pod)
  if (!ref) return true
  if (ref.kind !== 'Job' || ref.apiVersion !== 'batch/v1') return false
  const job = ctx.lister<Job>('jobs').get(pod.metadata.namespace, ref.name)
  if (job?.metadata.uid !== ref.uid) return true
  return !isManagedElsewhere(job) && isJobFinished(job)
}

/** Another controller looks after the Job. */
export const isManagedElsewhere = ({ spec }: Job): boolean => spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller'
