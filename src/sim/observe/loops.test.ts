import { expect, test } from 'vitest'
import { createCluster } from '../cluster.ts'
import { create } from '../client/request.ts'
import { seconds } from '../engine/time.ts'

const template = (labels: object, image = 'nginx:1.27') => ({ metadata: { labels }, spec: { containers: [{ name: 'c', image }] } })
const once = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.36', command: ['true'] }] } }
const selector = { matchLabels: { app: 'x' } }

/** Something to do for most controllers. */
const WORK: readonly (readonly [group: string, version: string, resource: string, object: object])[] = [
  ['', 'v1', 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }],
  ['apps', 'v1', 'deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 3, selector, template: template({ app: 'x' }) } }],
  ['apps', 'v1', 'statefulsets', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'default' }, spec: { serviceName: 'db', replicas: 2, selector: { matchLabels: { app: 'db' } }, template: template({ app: 'db' }) } }],
  ['apps', 'v1', 'daemonsets', { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'ds', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'ds' } }, template: template({ app: 'ds' }) } }],
  ['batch', 'v1', 'jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'default' }, spec: { ttlSecondsAfterFinished: 5, template: once } }],
  ['batch', 'v1', 'cronjobs', { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'cj', namespace: 'default' }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: once } } } }],
  ['', 'v1', 'services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } }],
  ['policy', 'v1', 'poddisruptionbudgets', { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b', namespace: 'default' }, spec: { minAvailable: 1, selector } }],
]

function busyCluster(): ReturnType<typeof createCluster> {
  const cluster = createCluster({ kubelet: 'kwok' })
  cluster.boot()
  for (const [group, version, resource, object] of WORK) cluster.request(create({ group, version, resource, namespaced: resource !== 'namespaces' } as never, resource === 'namespaces' ? undefined : 'default', object as never))
  return cluster
}

/** What the page is told of a loop, against the tables of the machinery. */
function compare(cluster: ReturnType<typeof createCluster>, atRest = false): void {
  for (const { controller: { name }, queue } of cluster.runners) {
    const loop = cluster.loop(name)!
    const rows = queue.rows.keys().map((key) => [key, queue.rows.get(key)!] as const)
    expect(loop.queue.queued, name).toEqual(rows.filter(([, row]) => row.dirty && !row.processing).map(([key]) => key))
    expect(loop.queue.processing, name).toEqual(rows.filter(([, row]) => row.processing).map(([key, { since }]) => ({ key, since })))
    expect(loop.queue.backoff.map(({ key, failures, until }) => [key, failures, until]), name).toEqual(rows.filter(([, row]) => row.timer).map(([key, row]) => [key, row.failures, row.timer!.at]))
    expect(loop.queue.processing.length, name).toBe(queue.busy)
    // A cache runs behind the store by what is on its way and in the FIFO; at rest they are equal.
    for (const { resource, total } of atRest ? loop.cache : []) expect(total, `${name}: ${resource}`).toBe(cluster.objects.keys().filter((key) => key.startsWith(`${resource}/`)).length)
    expect(cluster.loops().find(({ controller }) => controller === name), name).toMatchObject({ queued: rows.filter(([, row]) => row.dirty).length, processing: queue.busy })
  }
}

test('every number of every loop is the machinery\'s own, in the midst of work, after going back and on a branch', () => {
  const cluster = busyCluster()
  const { timeline } = cluster
  for (let i = 0; i < 6; i++) {
    for (let n = 0; n < 60; n++) timeline.step()
    compare(cluster)
  }
  const middle = timeline.index
  const then = JSON.stringify(cluster.runners.map(({ controller }) => cluster.loop(controller.name)))
  timeline.runUntil(timeline.clock + seconds(20))
  compare(cluster, true)
  timeline.seek(middle)
  expect(JSON.stringify(cluster.runners.map(({ controller }) => cluster.loop(controller.name)))).toBe(then)
  cluster.setComponent('deployment-controller', false)
  timeline.runUntil(timeline.clock + seconds(5))
  compare(cluster)
  expect(cluster.loop('deployment-controller')).toMatchObject({ stopped: true, queue: { queued: [], processing: [] } })
})

test('a key that a controller wants to see again later has not failed, and does not wait for a worker', () => {
  const cluster = busyCluster()
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(10))
  const cron = cluster.loop('cronjob-controller')!
  expect(cron.queue.backoff.map(({ key, failures }) => [key, failures])).toEqual([['default/cj', 0]])
  expect(cluster.loops().find(({ controller }) => controller === 'cronjob-controller')?.queued).toBe(0)
})
