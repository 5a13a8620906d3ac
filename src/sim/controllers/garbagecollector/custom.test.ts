import { beforeEach, expect, test } from 'vitest'
import type { KubeObject, OwnerReference } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { create, remove, type Request } from '../../client/request.ts'
import type { Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { BareCluster, WIDGETS } from '../../testing/bare-cluster.ts'

const CONFIGS = { group: '', version: 'v1', resource: 'configmaps' }

let world: BareCluster
let cluster: Cluster
beforeEach(() => {
  world = new BareCluster()
  cluster = world.cluster
})

const send = (request: Request): KubeObject => world.send(request)
const isThere = (resource: typeof WIDGETS, name: string): boolean => !isStatus(world.ask(resource, 'default', name))
const owner = ({ apiVersion, kind, metadata }: KubeObject, more: object = {}): OwnerReference => ({ apiVersion, kind, name: metadata.name, uid: metadata.uid!, ...more })
const widget = (name: string, ...ownerReferences: OwnerReference[]): KubeObject => world.widget(name, { ownerReferences })
const config = (name: string, ...ownerReferences: OwnerReference[]): KubeObject => send(create(CONFIGS, 'default', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ownerReferences } }))

test('custom objects are owners and dependents like any others, once the collector has discovered them', () => {
  world.defineWidgets()
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
  world.defineWidgets()
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
  world.defineWidgets()
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
  world.defineWidgets()
  cluster.runFor(seconds(60))
  const before = cluster.timeline.index
  cluster.runFor(seconds(20))
  expect(cluster.timeline.index - before).toBeLessThan(3)
})
