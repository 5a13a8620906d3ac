import { keyOf } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Cluster } from '../../cluster.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { allowed } from './allowed.ts'
import { isLive, ownerUid } from './watchdog.ts'

/** What must hold of a cluster that has come to rest. Returns what does not. */
export function wrongAtRest(cluster: Cluster): readonly string[] {
  return [...ownerChains(cluster), ...deployments(cluster), ...replicaSets(cluster)]
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

function deployments(cluster: Cluster): readonly string[] {
  const sets = cluster.list<ReplicaSet>('replicasets')
  return cluster.list<Deployment>('deployments').flatMap((deployment) => {
    const wrong: string[] = []
    const name = `Deployment ${keyOf(deployment)}`
    const { generation, uid } = deployment.metadata
    if (deployment.status?.observedGeneration !== generation) wrong.push(`${name} is at generation ${generation}, its controller at ${deployment.status?.observedGeneration}`)
    const sum = sets.filter((rs) => ownerUid(rs) === uid).reduce((n, rs) => n + (rs.spec.replicas ?? 1), 0)
    const { total } = allowed(deployment)
    // Bounds that were tightened in the middle of a stuck or paused rollout hold only when it goes on.
    const complete = !deployment.spec.paused && (deployment.status?.updatedReplicas ?? 0) === deployment.spec.replicas && (deployment.status?.availableReplicas ?? 0) === deployment.spec.replicas
    if (complete && sum > total) wrong.push(`${name} has ReplicaSets for ${sum} pods where ${total} are allowed`)
    return wrong
  })
}

function replicaSets(cluster: Cluster): readonly string[] {
  const pods = cluster.list<Pod>('pods')
  return cluster.list<ReplicaSet>('replicasets').flatMap((rs) => {
    const live = pods.filter((pod) => ownerUid(pod) === rs.metadata.uid && isLive(pod)).length
    return live === rs.spec.replicas ? [] : [`ReplicaSet ${keyOf(rs)} has ${live} pods and wants ${rs.spec.replicas}`]
  })
}

