import { expect, test } from 'vitest'
import { DEPLOYMENTS } from '../../client/request.ts'
import { minutes, ms, seconds } from '../../engine/time.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import { Dice } from '../soak/dice.ts'
import { Watchdog } from '../soak/watchdog.ts'
import { change, make, world } from './world.ts'

const BOUNDS = [0, 1, 2, 5, '10%', '25%', '50%', '100%'] as const

const template = (dice: Dice, revision: number) => ({
  metadata: { labels: { app: 'web' }, annotations: { revision: `${revision}`, 'ready-after': `${dice.pick(['0s', '300ms', '2s', '5s'])}`, 'stop-after': dice.pick(['0s', '1s', '4s']) } },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
})

test.each(Array.from({ length: 12 }, (_, i) => 100 + i))('a rolling update keeps both bounds, whatever is changed on the way, and ends (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const cluster = world(seed)
  const dog = new Watchdog(cluster.engine)
  const maxSurge = dice.pick(BOUNDS)
  const maxUnavailable = maxSurge === 0 ? 1 : dice.pick(BOUNDS)
  const replicas = 1 + dice.below(9)
  make(cluster, DEPLOYMENTS, {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
    spec: { replicas, minReadySeconds: dice.below(3), strategy: { rollingUpdate: { maxSurge, maxUnavailable } }, selector: { matchLabels: { app: 'web' } }, template: template(dice, 0) },
  })
  cluster.runFor(minutes(1))
  for (let revision = 1; revision <= 4; revision++) {
    change(cluster, DEPLOYMENTS, 'web', { spec: { template: template(dice, revision) } })
    cluster.runFor(dice.oneIn(2) ? ms(dice.below(3000)) : seconds(dice.below(30)))
    if (dice.oneIn(3)) change(cluster, DEPLOYMENTS, 'web', { spec: { replicas: 1 + dice.below(9) } })
  }
  cluster.runFor(minutes(5))
  dog.stop()
  expect(dog.violations).toEqual([])
  const { spec, status } = cluster.objects.get('deployments/default/web') as Deployment
  expect(status).toMatchObject({ replicas: spec.replicas, updatedReplicas: spec.replicas, availableReplicas: spec.replicas })
})
