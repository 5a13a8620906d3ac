import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { create, patch, type Request } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

type Resource = Pick<Request, 'group' | 'version' | 'resource'>

/** A write that the API server has committed. */
export interface Committed {
  readonly resource: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly from?: KubeObject
  readonly object: KubeObject
}

/** An empty control plane with fake kubelets, unless real ones are wanted, booted. */
export function world(seed: number, nodes = 3, kubelet: 'kwok' | 'detailed' = 'kwok'): Cluster {
  const cluster = createCluster({ seed, nodes, kubelet, bare: true, history: { keep: false } })
  cluster.boot()
  cluster.runFor(seconds(15))
  return cluster
}

/** Calls `see` after each committed write from now on. */
export const watch = (cluster: Cluster, see: (change: Committed) => void): void =>
  cluster.engine.table<Committed>('etcd/changes').listen((_key, change) => change && see(change as Committed))

/** Creates an object of the namespace default; throws when that is refused. */
export function make<T extends KubeObject>(cluster: Cluster, resource: Resource, object: object): T {
  const answer = cluster.request<T>(create(resource, 'default', object as KubeObject))
  if (isStatus(answer)) throw new Error(answer.message)
  return answer as T
}

/** Merges a change into an object. */
export function change(cluster: Cluster, resource: Resource, name: string, body: object): void {
  const of = { apiVersion: 'v1', kind: '', metadata: { name, namespace: 'default' } }
  const answer = cluster.request(patch(resource, of, body as never, 'merge'))
  if (isStatus(answer)) throw new Error(answer.message)
}
