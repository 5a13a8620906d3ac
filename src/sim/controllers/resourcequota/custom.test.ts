import { expect, test } from 'vitest'
import { remove } from '../../client/request.ts'
import { seconds } from '../../engine/time.ts'
import { BareCluster, WIDGETS } from '../../testing/bare-cluster.ts'

const used = (world: BareCluster): unknown => (world.stored('resourcequotas/default/q')?.status as { used?: Record<string, string> } | undefined)?.used?.['count/widgets.example.com']

test('custom objects are charged, given back, and counted when a quota comes late', () => {
  const world = new BareCluster()
  const { cluster } = world
  world.defineWidgets()
  const a = world.widget('a')
  cluster.runFor(seconds(35))
  world.make({ group: '', version: 'v1', resource: 'resourcequotas' }, 'default', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'default' }, spec: { hard: { 'count/widgets.example.com': '2' } } })
  cluster.runFor(seconds(5))
  expect(used(world)).toBe('1')
  world.widget('b')
  expect(() => world.widget('c')).toThrow('exceeded quota: q, requested: count/widgets.example.com=1, used: count/widgets.example.com=2, limited: count/widgets.example.com=2')
  world.send(remove(WIDGETS, a))
  cluster.runFor(seconds(5))
  expect(used(world)).toBe('1')
  world.widget('c')
})

test('a quota that was there before the kind was discovered learns of what there is', () => {
  const world = new BareCluster()
  world.cluster.runFor(seconds(30) - (world.cluster.timeline.clock % seconds(30)) + seconds(1))
  world.defineWidgets()
  world.widget('a')
  world.make({ group: '', version: 'v1', resource: 'resourcequotas' }, 'default', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'default' }, spec: { hard: { 'count/widgets.example.com': '2' } } })
  world.cluster.runFor(seconds(5))
  expect(used(world)).toBe('0')
  world.cluster.runFor(seconds(35))
  expect(used(world)).toBe('1')
})
