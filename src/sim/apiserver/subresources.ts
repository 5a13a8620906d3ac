import { withCondition } from '../api/conditions.ts'
import { budgetMatches, judgeEviction, type PodDisruptionBudget } from '../api/disruption.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { PodCondition } from '../api/pod-status.ts'
import { badRequest, conflict, isStatus, notFound, success } from '../api/status.ts'
import { formatTime } from '../engine/time.ts'
import { storeKey } from '../store/store.ts'
import { commit } from './committing.ts'
import { deleteObject, finishDeletion } from './deletion.ts'
import type { Execution, Outcome } from './execution.ts'
import { groupResource, updateObject } from './writing.ts'

interface Scalable extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } }
  readonly status?: { readonly replicas?: number }
}

interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
}

/** autoscaling/v1 Scale of a workload (registry/apps: storage/storage.go). */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const { spec, status } = object as Scalable
  const labels = spec.selector?.matchLabels ?? {}
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: Object.keys(labels).sort().map((k) => `${k}=${labels[k]}`).join(',') },
  }
}

export function getScale(exec: Execution): Outcome {
  const found = exec.store.get(storeKey(exec.kind.plural, exec.namespace, exec.name))
  return found ? scaleOf(found) : notFound(groupResource(exec), exec.name)
}

/** PUT or PATCH of …/scale: `change` works on the Scale; the workload gets its replicas. */
export function updateScale(exec: Execution, change: (old: KubeObject) => Outcome<KubeObject>): Outcome {
  const updated = updateObject(exec, (old) => {
    const scale = change(scaleOf(old))
    if (isStatus(scale)) return scale
    const { spec, metadata } = scale as Scale
    return {
      ...old,
      metadata: { ...old.metadata, resourceVersion: metadata.resourceVersion ?? old.metadata.resourceVersion },
      spec: { ...(old as Scalable).spec, replicas: spec?.replicas ?? 0 },
    }
  })
  return isStatus(updated) ? updated : scaleOf(updated)
}

interface Binding extends KubeObject {
  readonly target?: { readonly kind?: string; readonly name?: string }
}

/** POST pods/binding: the scheduler's word (registry/core/pod: BindingREST). Topology labels of the node come along. */
export function bindPod(exec: Execution, body: KubeObject): Outcome {
  const key = storeKey('pods', exec.namespace, exec.name)
  const pod = exec.store.get(key) as Pod | undefined
  if (!pod) return notFound(groupResource(exec), exec.name)
  const node = (body as Binding).target?.name
  if (!node) return badRequest('target.name is required')
  if (pod.metadata.deletionTimestamp) return conflict({ group: '', resource: 'pods/binding' }, exec.name, `pod ${exec.name} is being deleted, cannot be assigned to a host`)
  if (pod.spec.nodeName) return conflict({ group: '', resource: 'pods/binding' }, exec.name, `pod ${exec.name} is already assigned to node "${pod.spec.nodeName}"`)
  const labels = topologyLabels(exec, node, pod)
  const { nominatedNodeName: _served, ...status } = pod.status ?? {}
  const bound: Pod = {
    ...pod,
    metadata: { ...pod.metadata, ...(labels ? { labels } : {}) },
    spec: { ...pod.spec, nodeName: node },
    status: {
      ...status,
      conditions: withCondition(status.conditions, { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(exec.now) } as unknown as PodCondition),
    },
  }
  commit(exec, key, bound, pod)
  return success(groupResource(exec), exec.name, pod.metadata.uid)
}

const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** Admission plugin PodTopologyLabels: a bound pod carries where its node stands. */
function topologyLabels(exec: Execution, node: string, pod: Pod): Readonly<Record<string, string>> | undefined {
  const labels = exec.store.get(`nodes/${node}`)?.metadata.labels
  const found = TOPOLOGY.filter((key) => labels?.[key] !== undefined)
  if (found.length === 0) return undefined
  return { ...pod.metadata.labels, ...Object.fromEntries(found.map((key) => [key, labels![key]!])) }
}

/** POST pods/eviction: charged to the disruption budget that matches, marked as disrupted, deleted (registry/core/pod: EvictionREST). */
export function evictPod(exec: Execution, body: KubeObject): Outcome {
  const asked = (body as { deleteOptions?: { gracePeriodSeconds?: number } }).deleteOptions
  const key = storeKey('pods', exec.namespace, exec.name)
  const pod = exec.store.get(key) as Pod | undefined
  if (!pod) return notFound(groupResource(exec), exec.name)
  const budgets = exec.store.keys('poddisruptionbudgets', exec.namespace).map((k) => exec.store.get(k) as PodDisruptionBudget).filter((pdb) => budgetMatches(pdb, pod))
  const verdict = judgeEviction(pod, budgets, formatTime(exec.now))
  if ('refuse' in verdict) return verdict.refuse
  if (verdict.budget) {
    const { name } = verdict.budget.metadata
    commit(exec, storeKey('poddisruptionbudgets', exec.namespace, name), verdict.budget, exec.store.get(storeKey('poddisruptionbudgets', exec.namespace, name)))
  }
  if (!pod.metadata.deletionTimestamp) {
    const target = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting', lastProbeTime: null, lastTransitionTime: formatTime(exec.now), ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}) }
    const conditions = [...(pod.status?.conditions ?? []).filter((c) => c.type !== target.type), target]
    commit(exec, key, { ...pod, status: { ...pod.status, conditions } } as KubeObject, pod)
  }
  const deleted = deleteObject({ ...exec, options: { ...exec.options, gracePeriodSeconds: asked?.gracePeriodSeconds } })
  return isStatus(deleted) && deleted.status === 'Failure' ? deleted : success(groupResource(exec), exec.name, undefined)
}

/** PUT namespaces/finalize: takes spec.finalizers away, which may end the namespace. */
export function finalizeNamespace(exec: Execution, body: KubeObject): Outcome {
  const key = storeKey('namespaces', undefined, exec.name)
  const old = exec.store.get(key)
  if (!old) return notFound(groupResource(exec), exec.name)
  const next: KubeObject = { ...old, spec: { ...(old.spec as object), finalizers: (body.spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? [] } }
  return finishDeletion(exec, key, next) ?? commit(exec, key, next, old)
}
