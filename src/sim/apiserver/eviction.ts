import { budgetMatches, judgeEviction, type PodDisruptionBudget } from '../api/disruption.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { badRequest, isStatus, notFound } from '../api/status.ts'
import { formatTime } from '../engine/time.ts'
import { storeKey } from '../store/store.ts'
import { commit } from './committing.ts'
import { deleteObject } from './deletion.ts'
import { accepted, type Execution, type Outcome } from './execution.ts'

interface Eviction extends KubeObject {
  readonly deleteOptions?: { readonly gracePeriodSeconds?: number; readonly dryRun?: readonly string[] }
}

/** POST pods/eviction: charged to the disruption budget that matches, marked as disrupted, deleted (registry/core/pod: EvictionREST). */
export function evictPod(exec: Execution, body: Eviction): Outcome {
  const { namespace, name, store } = exec
  const said = body.metadata?.name
  if (said && said !== name) return badRequest('name in URL does not match name in Eviction object')
  const key = storeKey('pods', namespace, name)
  const pod = store.get(key) as Pod | undefined
  if (!pod) return notFound({ group: '', resource: 'pods' }, name)
  const budgets = store.keys('poddisruptionbudgets', namespace).map((k) => store.get(k) as PodDisruptionBudget).filter((pdb) => budgetMatches(pdb, pod))
  const verdict = judgeEviction(pod, budgets, formatTime(exec.now))
  if ('refuse' in verdict) return verdict.refuse
  if (verdict.budget) {
    const budget = storeKey('poddisruptionbudgets', namespace, verdict.budget.metadata.name)
    commit(exec, budget, verdict.budget, store.get(budget))
  }
  if (!pod.metadata.deletionTimestamp) markDisrupted(exec, key, pod)
  const grace = body.deleteOptions?.gracePeriodSeconds
  const dryRun = exec.options.dryRun || body.deleteOptions?.dryRun?.includes('All')
  const deleted = deleteObject({ ...exec, options: { ...exec.options, ...(dryRun ? { dryRun } : {}), ...(grace === undefined ? {} : { gracePeriodSeconds: grace }) } })
  return isStatus(deleted) ? deleted : accepted
}

function markDisrupted(exec: Execution, key: string, pod: Pod): void {
  const target = {
    type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting', lastProbeTime: null, lastTransitionTime: formatTime(exec.now),
  }
  const conditions = [...(pod.status?.conditions ?? []).filter((c) => c.type !== target.type), target]
  commit(exec, key, { ...pod, status: { ...pod.status, conditions } } as KubeObject, pod)
}
