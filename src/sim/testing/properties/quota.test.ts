import { expect, test } from 'vitest'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { milliValue } from '../../api/quantity.ts'
import { DEPLOYMENTS, PODS, remove } from '../../client/request.ts'
import { minutes, ms, seconds } from '../../engine/time.ts'
import { Dice } from '../soak/dice.ts'
import { change, make, watch, world } from './world.ts'

const QUOTAS = { group: '', version: 'v1', resource: 'resourcequotas' }

test.each(Array.from({ length: 8 }, (_, i) => 400 + i))('a quota is never exceeded, and what it allows is used in the end (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const cluster = world(seed)
  const hardPods = 2 + dice.below(8)
  const hardCpu = 500 + 100 * dice.below(15)
  const counted = (): readonly Pod[] => cluster.list<Pod>('pods', 'default').filter((pod) => !isPodTerminal(pod))
  const cpu = (pod: Pod): number => pod.spec.containers.reduce((sum, { resources }) => sum + milliValue(resources?.requests?.['cpu']), 0)
  const wrong: string[] = []
  make(cluster, QUOTAS, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: `${hardPods}`, 'requests.cpu': `${hardCpu}m` } } })
  cluster.runFor(seconds(2))
  watch(cluster, ({ resource, type }) => {
    if (resource !== 'pods' || type !== 'ADDED') return
    if (counted().length > hardPods) wrong.push(`${counted().length} pods of ${hardPods}`)
    const used = counted().reduce((sum, pod) => sum + cpu(pod), 0)
    if (used > hardCpu) wrong.push(`${used}m of ${hardCpu}m`)
  })
  for (const app of ['a', 'b', 'c']) {
    make(cluster, DEPLOYMENTS, {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: app },
      spec: { replicas: 1 + dice.below(8), selector: { matchLabels: { app } }, template: { metadata: { labels: { app }, annotations: { 'stop-after': dice.pick(['0s', '2s']) } }, spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '100m' } } }] } } },
    })
    cluster.runFor(ms(dice.below(400)))
  }
  for (let i = 0; i < 8; i++) {
    cluster.runFor(ms(dice.below(4000)))
    const all = counted()
    if (dice.oneIn(2) && all.length > 0) cluster.request(remove(PODS, dice.pick(all)))
    else change(cluster, DEPLOYMENTS, dice.pick(['a', 'b', 'c']), { spec: { replicas: 1 + dice.below(8) } })
  }
  for (const app of ['a', 'b', 'c']) change(cluster, DEPLOYMENTS, app, { spec: { replicas: 8 } })
  cluster.runFor(minutes(60))
  expect(wrong).toEqual([])
  expect(counted().length).toBe(Math.min(hardPods, Math.floor(hardCpu / 100)))
})
