import { keyOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Cluster } from '../../cluster.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { Job } from '../../kinds/job/job.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { allowed } from './allowed.ts'
import { isLive, ownerUid } from './watchdog.ts'

/**
 * What must hold of a cluster that has come to rest. Returns what does not. `everAllowed`: the most pods that a Deployment
 * of this uid was allowed at any time.
 */
export function wrongAtRest(cluster: Cluster, everAllowed: (uid: string) => number): readonly string[] {
  return [...ownerChains(cluster), ...deployments(cluster, everAllowed), ...replicaSets(cluster), ...statefulSets(cluster), ...jobs(cluster)]
}

/** Every owner that is named exists, by uid; else the garbage collector should have acted. */
function ownerChains({ objects }: Cluster): readonly string[] {
  const all = objects.values()
  const uids = new Set(all.map((o) => o.metadata.uid))
  return all.flatMap((object) =>
    (object.metadata.ownerReferences ?? [])
      .filter((ref) => !uids.has(ref.uid))
      .map((ref) => `${object.kind} ${keyOf(object)} names the owner ${ref.kind} ${ref.name}, which is gone`),
  )
}

function deployments(cluster: Cluster, everAllowed: (uid: string) => number): readonly string[] {
  const sets = cluster.list<ReplicaSet>('replicasets')
  return cluster.list<Deployment>('deployments').flatMap((deployment) => {
    const wrong: string[] = []
    const name = `Deployment ${keyOf(deployment)}`
    const { generation, uid } = deployment.metadata
    if (deployment.status?.observedGeneration !== generation) wrong.push(`${name} is at generation ${generation}, its controller at ${deployment.status?.observedGeneration}`)
    const own = sets.filter((rs) => ownerUid(rs) === uid)
    const sum = own.reduce((n, rs) => n + (rs.spec.replicas ?? 1), 0)
    // Where a rollout cannot go on, pods made under wider bounds may stay; otherwise only today's count.
    const stands = deployment.spec.paused || (deployment.status?.updatedReplicas ?? 0) !== deployment.spec.replicas || (deployment.status?.availableReplicas ?? 0) !== deployment.spec.replicas
    const total = stands ? everAllowed(uid!) : allowed(deployment).total
    if (sum > total && !isHeldUp(deployment, own)) wrong.push(`${name} has ReplicaSets for ${sum} pods where ${total} are allowed`)
    return wrong
  })
}

/**
 * A Recreate deployment that took over several ReplicaSets made for another number: each sync is a scaling event, and
 * proportional scaling is for rolling updates, so Kubernetes never gets further (pkg/controller/deployment, sync.go: isScalingEvent, scale).
 */
function isHeldUp({ spec }: Deployment, own: readonly ReplicaSet[]): boolean {
  const active = own.filter((rs) => (rs.spec.replicas ?? 1) > 0)
  return spec.strategy?.type === 'Recreate' && active.length > 1 && active.some((rs) => rs.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] !== String(spec.replicas))
}

function replicaSets(cluster: Cluster): readonly string[] {
  const pods = cluster.list<Pod>('pods')
  return cluster.list<ReplicaSet>('replicasets').flatMap((rs) => {
    const live = pods.filter((pod) => ownerUid(pod) === rs.metadata.uid && isLive(pod)).length
    return live === rs.spec.replicas ? [] : [`ReplicaSet ${keyOf(rs)} has ${live} pods and wants ${rs.spec.replicas}`]
  })
}

function statefulSets(cluster: Cluster): readonly string[] {
  const pods = cluster.list<Pod>('pods')
  return cluster.list<StatefulSet>('statefulsets').flatMap((set) => {
    const names = pods.filter((pod) => ownerUid(pod) === set.metadata.uid && isLive(pod)).map((pod) => pod.metadata.name).toSorted()
    const wanted = Array.from({ length: set.spec.replicas ?? 1 }, (_, i) => `${set.metadata.name}-${i}`)
    // A pod that was given away by its labels keeps its name, so that no other can be made.
    if (pods.some((pod) => wanted.includes(pod.metadata.name) && ownerUid(pod) !== set.metadata.uid)) return []
    return names.join() === wanted.join() ? [] : [`StatefulSet ${keyOf(set)} has ${names.join(', ')} and wants ${wanted.length} pods`]
  })
}

function jobs(cluster: Cluster): readonly string[] {
  const pods = cluster.list<Pod>('pods')
  return cluster.list<Job>('jobs').flatMap((job) => {
    const { succeeded = 0, conditions } = job.status ?? {}
    const wrong: string[] = []
    if (succeeded > (job.spec.completions ?? 1)) wrong.push(`Job ${keyOf(job)} counts ${succeeded} successes of ${job.spec.completions}`)
    const isOver = conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')
    const held = pods.filter((pod) => ownerUid(pod) === job.metadata.uid && pod.metadata.finalizers?.length)
    if (isOver && held.length > 0) wrong.push(`Job ${keyOf(job)} is over and still holds ${held.map((pod) => pod.metadata.name).join(', ')}`)
    return wrong
  })
}
