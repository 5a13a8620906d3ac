import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { create, DEPLOYMENTS, get, list, PODS } from '../../client/request.ts'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

test('what components have made shows who wrote it, as a real server does', () => {
  const cluster = createCluster({ seed: 1, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
  cluster.request(create(DEPLOYMENTS, 'default', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template } } as KubeObject))
  cluster.runFor(seconds(10))
  const pods = cluster.request<{ items: KubeObject[] }>({ ...list(PODS, 'default'), options: { managedFields: true } })
  if (isStatus(pods)) throw new Error(pods.message)
  const entries = pods.items[0]!.metadata.managedFields ?? []
  expect(entries.map(({ manager, operation, subresource }) => [manager, operation, subresource])).toEqual([['kube-controller-manager', 'Update', undefined], ['kubelet', 'Update', 'status']])
  const made = entries[0]!.fieldsV1 as Record<string, Record<string, unknown>>
  expect(made['f:metadata']).toMatchObject({ 'f:generateName': {}, 'f:labels': { '.': {}, 'f:app': {} } })
  expect(Object.keys(made['f:spec']!)).toContain('f:containers')
  expect(made['f:spec']).not.toHaveProperty('f:nodeName')
  expect(made['f:spec']).not.toHaveProperty('f:tolerations')
  expect(Object.keys(entries[1]!.fieldsV1 as object)).toEqual(['f:status'])
  const deployment = cluster.request({ ...get(DEPLOYMENTS, 'default', 'web'), options: { managedFields: true } }) as KubeObject
  expect(deployment.metadata.managedFields?.map(({ manager }) => manager)).toContain('kube-controller-manager')
  expect((cluster.request(get(PODS, 'default', pods.items[0]!.metadata.name)) as KubeObject).metadata.managedFields).toBeUndefined()
})
