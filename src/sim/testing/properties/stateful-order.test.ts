import { expect, test } from 'vitest'
import { isBeingDeleted } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'
import { Dice } from '../soak/dice.ts'
import { change, make, watch, world } from './world.ts'

const STATEFUL_SETS = { group: 'apps', version: 'v1', resource: 'statefulsets' }
const ordinal = (pod: Pod): number => Number(pod.metadata.name.slice('db-'.length))

test.each(Array.from({ length: 16 }, (_, i) => 300 + i))('an ordered StatefulSet starts from the lowest and stops from the highest ordinal, one at a time (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const cluster = world(seed)
  const wrong: string[] = []
  const pods = (): readonly Pod[] => cluster.list<Pod>('pods', 'default')
  watch(cluster, ({ resource, type, from, object }) => {
    if (resource !== 'pods') return
    const pod = object as Pod
    const others = pods().filter((other) => other.metadata.name !== pod.metadata.name)
    if (type === 'ADDED') {
      const lower = others.filter((other) => ordinal(other) < ordinal(pod) && isPodReady(other) && !isBeingDeleted(other))
      if (lower.length !== ordinal(pod)) wrong.push(`${pod.metadata.name} was made when ${lower.length} pods before it were ready`)
      if (others.some((other) => !isPodReady(other) && !isBeingDeleted(other))) wrong.push(`${pod.metadata.name} was made while another was not ready`)
    } else if (type === 'MODIFIED' && isBeingDeleted(pod) && from && !isBeingDeleted(from)) {
      // Scaling away does not wait for a lower pod that an update is just replacing (stateful_set_control.go: processCondemned).
      const isSurplus = ordinal(pod) >= (cluster.objects.get('statefulsets/default/db') as StatefulSet).spec.replicas!
      if (others.some((other) => isBeingDeleted(other) && (!isSurplus || ordinal(other) > ordinal(pod)))) wrong.push(`${pod.metadata.name} was deleted while another was going`)
    }
  })
  const template = (revision: number) => ({
    metadata: { labels: { app: 'db' }, annotations: { revision: `${revision}`, 'ready-after': dice.pick(['0s', '1s', '3s']), 'stop-after': dice.pick(['0s', '1s', '3s']) } },
    spec: { containers: [{ name: 'main', image: 'postgres' }] },
  })
  make(cluster, STATEFUL_SETS, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { replicas: 1 + dice.below(5), serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template(0) } })
  for (let i = 1; i <= 6; i++) {
    cluster.runFor(seconds(dice.below(25)))
    change(cluster, STATEFUL_SETS, 'db', { spec: dice.oneIn(2) ? { replicas: dice.below(6) } : { template: template(i) } })
  }
  cluster.runFor(minutes(5))
  expect(wrong).toEqual([])
  const { spec, status } = cluster.objects.get('statefulsets/default/db') as StatefulSet
  expect(pods().map(ordinal)).toEqual(Array.from({ length: spec.replicas! }, (_, i) => i))
  expect(status?.currentRevision).toBe(status?.updateRevision)
  expect(status?.readyReplicas ?? 0).toBe(spec.replicas)
})
