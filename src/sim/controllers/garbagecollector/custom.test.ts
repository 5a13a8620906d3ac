import { beforeEach, expect, test } from 'vitest'
import type { KubeObject, OwnerReference } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { create, get, remove, type Request } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

const CRDS = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' }
const WIDGETS = { group: 'example.com', version: 'v1', resource: 'widgets' }
const CONFIGS = { group: '', version: 'v1', resource: 'configmaps' }

let cluster: Cluster
beforeEach(() => {
  cluster = createCluster({ seed: 1, nodes: 0, kubelet: 'kwok', bare: true })
  cluster.boot()
})

function send(request: Request): KubeObject {
  const answer = cluster.request(request)
  if (isStatus(answer) && answer.status === 'Failure') throw new Error(answer.message)
  return answer as KubeObject
}
const isThere = (resource: typeof WIDGETS, name: string): boolean => !isStatus(cluster.request(get(resource, 'default', name)))

function defineWidgets(): KubeObject {
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }]
  return send(create(CRDS, undefined, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names, versions } } as KubeObject))
}
const owner = ({ apiVersion, kind, metadata }: KubeObject, more: object = {}): OwnerReference => ({ apiVersion, kind, name: metadata.name, uid: metadata.uid!, ...more })
const widget = (name: string, ...ownerReferences: OwnerReference[]): KubeObject => send(create(WIDGETS, 'default', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'default', ownerReferences } }))
const config = (name: string, ...ownerReferences: OwnerReference[]): KubeObject => send(create(CONFIGS, 'default', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ownerReferences } }))

test('custom objects are owners and dependents like any others, once the collector has discovered them', () => {
  defineWidgets()
  cluster.runFor(seconds(35))
  const top = config('top')
  const middle = widget('middle', owner(top))
  config('leaf', owner(middle))
  cluster.runFor(seconds(5))
  send(remove(CONFIGS, top))
  cluster.runFor(seconds(5))
  expect(isThere(WIDGETS, 'middle')).toBe(false)
  expect(isThere(CONFIGS, 'leaf')).toBe(false)
})

test('before that nothing happens to them, up to thirty seconds long', () => {
  cluster.runFor(seconds(30) - (cluster.timeline.clock % seconds(30)) + seconds(1))
  defineWidgets()
  cluster.runFor(seconds(2))
  const top = config('top')
  widget('middle', owner(top))
  send(remove(CONFIGS, top))
  cluster.runFor(seconds(15))
  expect(isThere(WIDGETS, 'middle')).toBe(true)
  cluster.runFor(seconds(15))
  expect(isThere(WIDGETS, 'middle')).toBe(false)
})

test('a foreground deletion of a custom object waits for what blocks it', () => {
  defineWidgets()
  cluster.runFor(seconds(35))
  const top = widget('top')
  const kept = send(create(CONFIGS, 'default', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default', finalizers: ['example.com/wait'], ownerReferences: [owner(top, { blockOwnerDeletion: true })] } }))
  cluster.runFor(seconds(2))
  send(remove(WIDGETS, top, { propagationPolicy: 'Foreground' }))
  cluster.runFor(seconds(5))
  expect(isThere(WIDGETS, 'top')).toBe(true)
  send({ verb: 'patch', ...CONFIGS, namespace: 'default', name: kept.metadata.name, patchType: 'merge', body: { metadata: { finalizers: null } } } as never)
  cluster.runFor(seconds(5))
  expect(isThere(WIDGETS, 'top')).toBe(false)
})

test('an idle cluster with a definition is as still as one without', () => {
  defineWidgets()
  cluster.runFor(seconds(60))
  const before = cluster.timeline.index
  cluster.runFor(seconds(20))
  expect(cluster.timeline.index - before).toBeLessThan(3)
})
