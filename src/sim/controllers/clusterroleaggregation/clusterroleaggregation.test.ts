import { expect, test } from 'vitest'
import { seconds } from '../../engine/time.ts'
import type { RoleObject } from '../../api/rbac.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { clusterRoleAggregation } from './index.ts'

const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })
const role = (name: string, rest: object, labels: object = {}) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name, labels }, ...rest }) as RoleObject
const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { to: 'all' } }] }
const rulesOf = (world: SmallWorld) => world.get<RoleObject>('clusterroles', 'all')?.rules

test('a role gathers the rules of those with its label, each once, in the order of their names', () => {
  const world = new SmallWorld([clusterRoleAggregation])
  world.create(role('all', { aggregationRule }))
  world.create(role('b', { rules: [rule('pods'), rule('nodes')] }, { to: 'all' }))
  world.create(role('a', { rules: [rule('nodes')] }, { to: 'all' }))
  world.create(role('c', { rules: [rule('secrets')] }))
  world.run(seconds(1))
  expect(rulesOf(world)).toEqual([rule('nodes'), rule('pods')])
  world.remove('clusterroles', 'a')
  world.remove('clusterroles', 'b')
  world.run(seconds(1))
  expect(rulesOf(world) ?? []).toEqual([])
  expect(world.idle).toBe(Infinity)
})

test('with nothing to gather, rules that others wrote stay', () => {
  const world = new SmallWorld([clusterRoleAggregation])
  world.create(role('all', { aggregationRule, rules: [rule('pods')] }))
  world.run(seconds(1))
  expect(rulesOf(world)).toEqual([rule('pods')])
})
