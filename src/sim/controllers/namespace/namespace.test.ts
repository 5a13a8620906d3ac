import { expect, test } from 'vitest'
import { isStatus } from '../../api/status.ts'
import { NAMESPACES, remove } from '../../client/request.ts'
import { seconds } from '../../engine/time.ts'
import { BareCluster, WIDGETS } from '../../testing/bare-cluster.ts'

const SPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }

function emptied(metadata: object = {}): BareCluster {
  const world = new BareCluster()
  world.defineWidgets()
  world.make(NAMESPACES, undefined, SPACE)
  world.cluster.runFor(seconds(5))
  world.make(WIDGETS, 'shop', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop', ...metadata } })
  world.send(remove(NAMESPACES, SPACE))
  world.cluster.runFor(seconds(60))
  return world
}

test('a namespace that goes takes the custom objects in it along', () => {
  const world = emptied()
  expect(world.stored('namespaces/shop')).toBeUndefined()
  expect(isStatus(world.ask(WIDGETS, 'shop', 'w'))).toBe(true)
})

test('a custom object that somebody holds keeps its namespace', () => {
  const world = emptied({ finalizers: ['example.com/hold'] })
  expect(world.condition('namespaces/shop', 'NamespaceContentRemaining')).toMatchObject({ status: 'True', reason: 'SomeResourcesRemain', message: 'Some resources are remaining: widgets.example.com has 1 resource instances' })
  expect(world.condition('namespaces/shop', 'NamespaceFinalizersRemaining')).toMatchObject({ status: 'True', message: 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances' })
  world.patch(WIDGETS, 'w', { metadata: { finalizers: null } }, 'shop')
  world.cluster.runFor(seconds(60))
  expect(world.stored('namespaces/shop')).toBeUndefined()
})
