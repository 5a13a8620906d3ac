import type { KubeObject } from '../src/sim/api/meta.ts'
import { isStatus } from '../src/sim/api/status.ts'
import { create, DEPLOYMENTS, patch } from '../src/sim/client/request.ts'
import { createCluster, type Cluster, type ClusterOptions } from '../src/sim/cluster.ts'
import { minutes, seconds, type Micros } from '../src/sim/engine/time.ts'
import type { Deployment } from '../src/sim/kinds/deployment/deployment.ts'

const NAMESPACE = 'default'

/** A booted cluster of `nodes` workers. Fake kubelets, as in the peers' measurements, unless said otherwise. */
export function bootedCluster(nodes: number, options: ClusterOptions = {}): Cluster {
  const cluster = createCluster({ seed: 1, nodes, kubelet: 'kwok', bare: true, ...options })
  cluster.boot()
  return cluster
}

/** The same at rest: the taints of new nodes are gone, which takes the controllers' clients (20 requests a second) minutes for a thousand. */
export function standingCluster(nodes: number, options: ClusterOptions = {}): Cluster {
  const cluster = bootedCluster(nodes, options)
  const { timeline } = cluster
  const end = timeline.clock + minutes(30)
  for (let at = timeline.nextAt(); at !== undefined && at < end && at < timeline.clock + REST; at = timeline.nextAt()) timeline.step()
  return cluster
}

/** When nothing is due for so long, only clocks tick. */
const REST = seconds(2)

export const deploymentOf = (name: string, replicas: number, image = 'nginx:1.27'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image, resources: { requests: { cpu: '10m', memory: '16Mi' } } }] } },
  },
})

export function apply(cluster: Cluster, deployment: KubeObject): void {
  const answer = cluster.request(create(DEPLOYMENTS, NAMESPACE, deployment))
  if (isStatus(answer)) throw new Error(answer.message)
}

/** Rolls `name` out to another image; the wish travels as a strategic merge patch. */
export function setImage(cluster: Cluster, name: string, image: string): void {
  const live = cluster.objects.get(`deployments/${NAMESPACE}/${name}`)!
  const answer = cluster.request(patch(DEPLOYMENTS, live, { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } }))
  if (isStatus(answer)) throw new Error(answer.message)
}

const keys = new Map<string, string>()

/** Made once, since it is asked for after every step. */
function keyFor(name: string): string {
  let key = keys.get(name)
  if (!key) keys.set(name, (key = `deployments/${NAMESPACE}/${name}`))
  return key
}

/** Is the rollout complete, as kubectl rollout status sees it? */
export function isRolledOut(cluster: Cluster, name: string, replicas: number): boolean {
  const { metadata, status } = cluster.objects.get(keyFor(name)) as Deployment
  return status?.observedGeneration === metadata.generation && status?.updatedReplicas === replicas && status.replicas === replicas && status.availableReplicas === replicas
}

/** So many steps between two looks: looking after each of them would be a part of what is measured. */
const LOOK_EVERY = 16

/** Steps until `done`, a few steps further at most; throws when it does not come true within `limit` of virtual time. */
export function runUntil(cluster: Cluster, done: () => boolean, limit: Micros = minutes(600)): void {
  const { timeline } = cluster
  const end = timeline.clock + limit
  while (!done()) {
    for (let i = 0; i < LOOK_EVERY; i++) {
      const at = timeline.nextAt()
      if (at === undefined || at > end) {
        if (done()) return
        throw new Error(`not done at ${timeline.clock / 1e6} s of virtual time`)
      }
      // What comes after a rest is not begun without a look.
      if (i > 0 && at > timeline.clock + seconds(1)) break
      timeline.step()
    }
  }
}

/** A Deployment applied and run until every pod is Ready. */
export function rollOut(cluster: Cluster, name: string, replicas: number): void {
  apply(cluster, deploymentOf(name, replicas))
  runUntil(cluster, () => isRolledOut(cluster, name, replicas))
}
