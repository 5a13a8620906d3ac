import { beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { ResourceQuota } from '../../api/quota.ts'
import { minutes, seconds } from '../../engine/time.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { resourceQuotaController } from './index.ts'

let world: SmallWorld
beforeEach(() => (world = new SmallWorld([resourceQuotaController])))

const quota = (hard: object, more: object = {}): string | undefined => world.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...more } } as KubeObject)
const pod = (name: string, more: object = {}): string | undefined =>
  world.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '500m' } } }], ...more } } as KubeObject)
const used = (): unknown => world.get<ResourceQuota>('resourcequotas', 'q')?.status?.used

test('a pod that does not go in twice its time is given back with the next round over all quotas', () => {
  quota({ pods: '2', 'requests.cpu': '2' })
  world.run(seconds(1))
  pod('stuck')
  pod('other')
  world.run(seconds(1))
  world.remove('pods', 'stuck', 30)
  world.run(minutes(4))
  expect(used()).toEqual({ pods: '2', 'requests.cpu': '1' })
  expect(pod('third')).toContain('exceeded quota: q')
  world.run(minutes(2))
  expect(used()).toEqual({ pods: '1', 'requests.cpu': '500m' })
  expect(pod('third')).toBeUndefined()
})

test('what somebody wrote into the status of a quota is put right with the next round', () => {
  quota({ pods: '2' })
  world.run(seconds(1))
  world.patch('resourcequotas', 'q', { status: { used: { pods: '2' } } }, 'status')
  world.run(minutes(1))
  expect(used()).toEqual({ pods: '2' })
  world.run(minutes(5))
  expect(used()).toEqual({ pods: '0' })
})

test('a pod that gets a deadline changes from one scope to the other', () => {
  quota({ pods: '2' }, { scopes: ['NotTerminating'] })
  world.run(seconds(1))
  pod('p')
  world.run(seconds(1))
  expect(used()).toEqual({ pods: '1' })
  world.patch('pods', 'p', { spec: { activeDeadlineSeconds: 60 } })
  world.run(seconds(1))
  expect(used()).toEqual({ pods: '0' })
})

test('a pod that is resized counts for the most of what it wants and has, until it has less', () => {
  const room = { cpu: '4', memory: '8Gi', pods: '10' }
  world.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, status: { allocatable: room, capacity: room } } as KubeObject)
  quota({ 'requests.cpu': '2' })
  world.run(seconds(1))
  pod('p')
  const has = (cpu: string): void => void world.patch('pods', 'p', { status: { containerStatuses: [{ name: 'c', image: 'nginx', imageID: '', ready: true, restartCount: 0, resources: { requests: { cpu } } }] } }, 'status')
  has('500m')
  const resize = (cpu: string): void => void expect(world.patch('pods', 'p', { spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] } }, 'resize')).toBeUndefined()
  resize('800m')
  world.run(seconds(1))
  expect(used()).toEqual({ 'requests.cpu': '800m' })
  has('800m')
  resize('200m')
  world.run(minutes(6))
  expect(used()).toEqual({ 'requests.cpu': '800m' })
  has('200m')
  world.run(seconds(1))
  expect(used()).toEqual({ 'requests.cpu': '200m' })
})
