import type { RolloutState } from '../../workers/protocol.ts'
import { rolloutNumbers } from '../api/deployment-numbers.ts'
import { controllerOf } from '../api/meta.ts'
import { isPodActive, isPodAvailable, isPodReady, type Pod } from '../api/pod.ts'
import type { Micros } from '../engine/time.ts'
import type { Deployment } from '../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../kinds/replicaset/replicaset.ts'
import type { Store } from '../store/store.ts'

type Revision = RolloutState['revisions'][number]

const REVISION = 'deployment.kubernetes.io/revision'

/** The numbers of Deployment `key` ("deployments/default/web") as they stand in the API; null where there is none. */
export function rolloutOf(store: Store, key: string, now: Micros): RolloutState | null {
  const deployment = store.get(key) as Deployment | undefined
  if (deployment?.kind !== 'Deployment') return null
  const { namespace, uid } = deployment.metadata
  const sets = store.keys('replicasets', namespace).map((k) => store.get(k) as ReplicaSet).filter((rs) => controllerOf(rs)?.uid === uid)
  const pods = store.keys('pods', namespace).map((k) => store.get(k) as Pod).filter(isPodActive)
  const newest = Math.max(0, ...sets.map((rs) => revisionOf(rs)))
  const revisions = sets.map((rs): Revision => {
    const own = pods.filter((pod) => controllerOf(pod)?.uid === rs.metadata.uid)
    return {
      replicaSet: rs.metadata.name,
      revision: `${revisionOf(rs)}`,
      images: (rs.spec.template?.spec?.containers ?? []).map((c) => c.image).join(', '),
      replicas: own.length,
      available: own.filter((pod) => isPodAvailable(pod, deployment.spec.minReadySeconds ?? 0, now)).length,
      isNew: revisionOf(rs) === newest && newest > 0,
    }
  })
  revisions.sort((a, b) => Number(a.revision) - Number(b.revision))
  return withNext(deployment, revisions.filter((r) => r.replicas > 0 || r.isNew), pods)
}

const revisionOf = (rs: ReplicaSet): number => Number(rs.metadata.annotations?.[REVISION] ?? 0)

function withNext(deployment: Deployment, revisions: readonly Revision[], pods: readonly Pod[]): RolloutState {
  const { desired, maxSurge, maxUnavailable, maxTotal, minAvailable } = rolloutNumbers(deployment.spec)
  const sum = (of: (r: Revision) => number): number => revisions.reduce((n, r) => n + of(r), 0)
  const total = sum((r) => r.replicas)
  const available = sum((r) => r.available)
  const fresh = revisions.find((r) => r.isNew)
  const old = revisions.filter((r) => !r.isNew).reduce((n, r) => n + r.replicas, 0)
  const mayAdd = Math.max(0, Math.min(maxTotal - total, desired - (fresh?.replicas ?? 0)))
  const mayRemove = Math.max(0, Math.min(old, available - minAvailable))
  const waiting = fresh ? fresh.replicas - fresh.available : 0
  const numbers = { name: deployment.metadata.name, total, maxTotal, available, minAvailable, waiting, mayAdd, mayRemove, old }
  const id = nextId(deployment, numbers, desired, fresh, pods)
  return { desired, maxTotal, minAvailable, surge: maxSurge, unavailable: maxUnavailable, total, available, mayAdd, mayRemove, revisions, next: { id, params: numbers } }
}

/** Which sentence says what comes next and why. */
function nextId(
  deployment: Deployment,
  { waiting, mayAdd, mayRemove, old }: { readonly waiting: number; readonly mayAdd: number; readonly mayRemove: number; readonly old: number },
  desired: number,
  fresh: Revision | undefined,
  pods: readonly Pod[],
): string {
  if (deployment.spec.paused) return 'rollout.next.paused'
  if (old === 0 && fresh?.replicas === desired && fresh.available === desired) return 'rollout.next.done'
  if (mayAdd > 0) return 'rollout.next.add'
  if (mayRemove > 0) return 'rollout.next.remove'
  if (waiting > 0 && pods.some((pod) => !isPodReady(pod) && isPullFailing(pod))) return 'rollout.next.stuck'
  return waiting > 0 ? 'rollout.next.waitsForReady' : 'rollout.next.waits'
}

const isPullFailing = (pod: Pod): boolean =>
  (pod.status?.containerStatuses ?? []).some((c) => /^(ErrImagePull|ImagePullBackOff|CrashLoopBackOff)$/.test(c.state?.waiting?.reason ?? ''))
