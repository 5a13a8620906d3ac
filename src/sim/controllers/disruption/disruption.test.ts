import { beforeEach, expect, test } from 'vitest'
import type { PodDisruptionBudget } from '../../api/disruption.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { minutes, seconds } from '../../engine/time.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { disruptionController } from './index.ts'

let world: SmallWorld
beforeEach(() => (world = new SmallWorld([disruptionController])))

const budget = (name: string, spec: object): KubeObject =>
  ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } }) as KubeObject
const pod = (name: string, owner?: object): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'web' }, ...(owner ? { ownerReferences: [owner] } : {}) }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }) as KubeObject
const owner = (apiVersion: string, kind: string, uid = 'u1'): object => ({ apiVersion, kind, name: 'agent', uid, controller: true })
const status = (name = 'b'): PodDisruptionBudget['status'] => world.get<PodDisruptionBudget>('poddisruptionbudgets', name)?.status
const mark = (): unknown => world.get<Pod>('pods', 'web-1')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')

test.each([
  ['apps/v1', 'DaemonSet', 'daemonsets.apps does not implement the scale subresource'],
  ['batch/v1', 'Job', 'jobs.batch does not implement the scale subresource'],
  ['v1', 'Node', 'nodes does not implement the scale subresource'],
  ['example.com/v1', 'Fleet', 'no matches for kind "Fleet" in version "example.com/v1"'],
  ['apps/v1', 'StatefulSet', 'found no controllers for pod "web-1"'],
])('a budget in relative numbers says why the size of %s %s is not known', (apiVersion, kind, why) => {
  world.create(pod('web-1', owner(apiVersion, kind)))
  world.create(budget('b', { maxUnavailable: 1 }))
  world.run(seconds(2))
  expect(world.events('b')).toContain(`CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ${why}`)
  expect(status()).toMatchObject({ disruptionsAllowed: 0, conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: why }] })
  expect(status()!.conditions![0]).not.toHaveProperty('observedGeneration')
})

test('a custom controller counts by its subresource scale', () => {
  const fleets = {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'fleets.example.com' },
    spec: {
      group: 'example.com', scope: 'Namespaced', names: { plural: 'fleets', singular: 'fleet', kind: 'Fleet', listKind: 'FleetList' },
      versions: [{
        name: 'v1', served: true, storage: true, subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      }],
    },
  }
  expect(world.create(fleets as KubeObject)).toBeUndefined()
  world.run(seconds(2))
  const where = { group: 'example.com', version: 'v1', resource: 'fleets', namespace: 'default' } as const
  expect(world.send({ ...where, verb: 'create', body: { apiVersion: 'example.com/v1', kind: 'Fleet', metadata: { name: 'agent' }, spec: { replicas: 7 } } as KubeObject })).toBeUndefined()
  const { answer } = world.server.execute({ ...where, verb: 'get', name: 'agent' }, 'system:kube-controller-manager', world.now)
  const { uid = '' } = (answer as KubeObject).metadata
  world.create(pod('web-1', owner('example.com/v1', 'Fleet', uid)))
  world.create(budget('b', { maxUnavailable: '30%' }))
  world.run(seconds(2))
  expect(status()).toMatchObject({ expectedPods: 7, desiredHealthy: 4 })
})

test('a pod with two budgets is warned of', () => {
  world.create(budget('b', { minAvailable: 1 }))
  world.create(budget('c', { minAvailable: 1 }))
  world.run(seconds(1))
  world.create(pod('web-1'))
  world.run(seconds(2))
  expect(world.events('web-1')).toEqual(['MultiplePodDisruptionBudgets: Pod "default"/"web-1" matches multiple PodDisruptionBudgets.  Chose "b" arbitrarily.'])
  expect([status('b')?.expectedPods, status('c')?.expectedPods]).toEqual([1, 1])
})

test('the mark of a pod that nobody deletes is taken back after two minutes, the one that a kubelet set is not', () => {
  world.create(pod('web-1'))
  const set = (reason: string): void => void world.patch('pods', 'web-1', { status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'so', lastTransitionTime: '2026-01-01T00:00:10Z' }] } }, 'status')
  world.run(seconds(9))
  set('EvictionByEvictionAPI')
  world.run(seconds(118))
  expect(mark()).toMatchObject({ status: 'True' })
  world.run(seconds(5))
  expect(mark()).toMatchObject({ status: 'False' })
  expect(mark()).not.toHaveProperty('reason')
  set('TerminationByKubelet')
  world.run(minutes(5))
  expect(mark()).toMatchObject({ status: 'True' })
})
