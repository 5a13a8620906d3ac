import { expect, test } from 'vitest'
import { create, PODS } from '../client/request.ts'
import { createCluster, type Cluster } from '../cluster.ts'

const pod = (name: string, container: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [container] } })

/** Back to where the person's own request was the last one. */
function ownRequest(cluster: Cluster) {
  for (;;) {
    const trace = cluster.requestTrace()!
    if (trace.user === 'kubernetes-admin') return trace
    cluster.timeline.seek(trace.index - 1)
  }
}

test('the way of a request tells what admission changed, what was stored and how many were told, and leaves no trace', () => {
  const cluster = createCluster({ kubelet: 'kwok' })
  cluster.boot()
  cluster.request(create(PODS, 'default', pod('a', { name: 'c', image: 'nginx' })))
  ownRequest(cluster)
  const [hash, index] = [cluster.engine.hash(), cluster.timeline.index]
  const trace = cluster.requestTrace()!
  expect(trace).toMatchObject({ verb: 'create', path: '/api/v1/namespaces/default/pods', user: 'kubernetes-admin', refusal: null })
  expect(trace.admission.map(({ plugin }) => plugin)).toEqual(expect.arrayContaining(['ServiceAccount', 'Priority', 'DefaultTolerationSeconds']))
  expect(trace.admission.find(({ plugin }) => plugin === 'Priority')?.changed).toContain('spec.priority')
  expect(trace.stored.map(({ key }) => key)).toEqual(['/registry/pods/default/a'])
  expect(trace.told).toBeGreaterThan(0)
  expect([cluster.engine.hash(), cluster.timeline.index]).toEqual([hash, index])
})

test('a refused request says why and stores nothing', () => {
  const cluster = createCluster({ kubelet: 'kwok' })
  cluster.boot()
  cluster.request(create(PODS, 'default', pod('a', { name: 'C', image: 'nginx' })))
  const trace = ownRequest(cluster)
  expect(trace.refusal).toMatchObject({ reason: 'Invalid', code: 422 })
  expect(trace.stored).toEqual([])
})

test('etcd lists its keys with revisions and how many watch each prefix', () => {
  const cluster = createCluster({ kubelet: 'kwok' })
  cluster.boot()
  const etcd = cluster.etcd('/registry/nodes/')
  expect(etcd.keys.map(({ key }) => key).sort()).toEqual(['control-plane', 'node-1', 'node-2', 'node-3'].map((name) => `/registry/nodes/${name}`))
  expect(etcd.prefixes.find(({ prefix }) => prefix === '/registry/nodes/')?.watches).toBeGreaterThan(2)
  expect(Math.max(...cluster.etcd('').keys.map(({ revision }) => revision))).toBeLessThanOrEqual(etcd.revision)
})
