import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'
import type { ReconcileState } from '../../workers/protocol.ts'
import { reconcilesOf } from './reconciles.ts'

function world(): Cluster {
  const cluster = createCluster({ seed: 4, nodes: 2, kubelet: 'kwok', bare: true })
  cluster.boot()
  cluster.kubectlNow({ argv: ['create', 'deployment', 'web', '--image=nginx', '--replicas=3'] })
  cluster.runFor(seconds(20))
  return cluster
}
const of = (cluster: Cluster, controller: string, count = 40): readonly ReconcileState[] => reconcilesOf(cluster.timeline, controller, count)

test('the reconcile that made the pods says what it read, how many it wanted, and each request with its answer', () => {
  const cluster = world()
  const made = of(cluster, 'replicaset-controller').find(({ actions }) => actions.filter(({ verb }) => verb === 'create').length === 3)!
  expect(made.params).toMatchObject({ desired: 3, observed: 0 })
  expect(made.reads).toContainEqual({ kind: 'ReplicaSet', count: 1, name: made.key.split('/')[1] })
  expect(made.actions.map(({ verb, object, answer }) => [verb, object.replace(/\/[^/]*$/, ''), answer])).toContainEqual(['create', 'pods/default', 'ok'])
  expect(made.outcome).toBe('done')
  expect(made.endIndex).toBeGreaterThan(made.index)
})

test('newest first, as many as asked for, and at an earlier cursor those that lie behind it', () => {
  const cluster = world()
  const all = of(cluster, 'deployment-controller')
  expect(all.map(({ index }) => index)).toEqual(all.map(({ index }) => index).sort((a, b) => b - a))
  expect(of(cluster, 'deployment-controller', 2)).toEqual(all.slice(0, 2))
  const [, second] = all
  cluster.timeline.seek(second!.index)
  expect(of(cluster, 'deployment-controller')[0]).toMatchObject({ key: second!.key, index: second!.index })
})

test('one that waits for an answer is running, with its request open', () => {
  const cluster = world()
  const first = of(cluster, 'deployment-controller').find(({ actions }) => actions.some(({ verb }) => verb === 'create'))!
  cluster.timeline.seek(first.index)
  expect(of(cluster, 'deployment-controller')[0]).toMatchObject({ outcome: 'running', endIndex: null, actions: [{ verb: 'create', answer: null }] })
})

test('a refusal is the answer, and the retry has its reason and time', () => {
  const cluster = world()
  cluster.kubectlNow({ argv: ['apply', '-f', 'q.yaml'], files: { 'q.yaml': 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: "3"}}\n' } })
  cluster.runFor(seconds(5))
  cluster.kubectlNow({ argv: ['scale', 'deployment', 'web', '--replicas=5'] })
  cluster.runFor(seconds(3))
  const refused = of(cluster, 'replicaset-controller').find(({ actions }) => actions.some(({ answer }) => answer === 'Forbidden'))!
  expect(refused.outcome).toBe('retry')
  expect(refused.why).toContain('exceeded quota')
  expect(refused.again).toBeGreaterThan(refused.endAt!)
})

test('stopping a controller leaves what it had in hand forgotten', () => {
  const cluster = world()
  const first = of(cluster, 'deployment-controller').find(({ actions }) => actions.length > 0)!
  cluster.timeline.seek(first.index)
  cluster.setComponent('deployment-controller', false)
  expect(of(cluster, 'deployment-controller')[0]).toMatchObject({ index: first.index, outcome: 'forgotten' })
})

test('the numbers of a reconcile add up: the difference is that of what was seen, and what it said it would do was done', () => {
  const cluster = createCluster({ seed: 5, nodes: 2, kubelet: 'kwok' })
  cluster.boot()
  const files = {
    'all.yaml': `
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: outside}
subsets: [{addresses: [{ip: 198.51.100.1}, {ip: 198.51.100.2}], ports: [{port: 80}]}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: nginx}]}}}
`,
  }
  const WRITES = ['create', 'update', 'patch', 'delete']
  const most: Record<string, number> = {}
  const look = (): void => {
    for (const controller of ['replicaset', 'deployment', 'daemonset', 'endpoints', 'endpointslice', 'endpointslice-mirroring'])
      for (const { params, actions, outcome } of of(cluster, `${controller}-controller`)) {
        const { desired, observed, difference, willDo } = params as Record<string, number>
        if (difference === undefined) continue
        expect(difference).toBe(observed! - desired!)
        if (willDo === undefined || outcome !== 'done') continue
        const done = actions.filter(({ verb, object }) => WRITES.includes(verb) && !object.endsWith('/status') && !object.startsWith('controllerrevisions/'))
        expect([controller, willDo]).toEqual([controller, done.length])
        most[controller] = Math.max(most[controller] ?? 0, willDo)
      }
  }
  cluster.kubectlNow({ argv: ['apply', '-f', 'all.yaml'], files })
  cluster.runFor(seconds(5))
  look()
  cluster.kubectlNow({ argv: ['create', 'deployment', 'web', '--image=nginx', '--replicas=600'] })
  cluster.runFor(seconds(60))
  look()
  cluster.kubectlNow({ argv: ['scale', 'deployment', 'web', '--replicas=2'] })
  cluster.runFor(seconds(60))
  look()
  expect(most).toEqual({ replicaset: 500, daemonset: 3, endpoints: 1, endpointslice: 2, 'endpointslice-mirroring': 1 })
})
