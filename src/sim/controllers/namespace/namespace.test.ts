import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { create, get, NAMESPACES, remove, type Request } from '../../client/request.ts'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

const CRDS = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' }
const WIDGETS = { group: 'example.com', version: 'v1', resource: 'widgets' }

test('a namespace that goes takes the custom objects in it along', () => {
  const cluster = createCluster({ seed: 1, nodes: 1, kubelet: 'kwok', bare: true })
  cluster.boot()
  const send = (request: Request): KubeObject => {
    const answer = cluster.request(request)
    if (isStatus(answer)) throw new Error(answer.message)
    return answer
  }
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }]
  send(create(CRDS, undefined, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions } } as KubeObject))
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  send(create(NAMESPACES, undefined, space))
  cluster.runFor(seconds(5))
  send(create(WIDGETS, 'shop', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } }))
  send(remove(NAMESPACES, space))
  cluster.runFor(seconds(60))
  expect(cluster.objects.get('namespaces/shop')).toBeUndefined()
  expect(isStatus(cluster.request(get(WIDGETS, 'shop', 'w')))).toBe(true)
})
