import { expect, test } from 'vitest'
import { isConditionTrue } from '../../api/conditions.ts'
import { keyOf } from '../../api/meta.ts'
import { isPodActive, type Pod } from '../../api/pod.ts'
import { PODS, remove } from '../../client/request.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'
import { Dice } from '../soak/dice.ts'
import { make, watch, world } from './world.ts'

const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' }

test.each(Array.from({ length: 10 }, (_, i) => 200 + i))('a Job counts exactly as many successes as it wants, though kubelets crash and pods are deleted (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const cluster = world(seed)
  const completions = 1 + dice.below(8)
  const succeeded = new Set<string>()
  const wrong: string[] = []
  let counted = 0
  watch(cluster, ({ resource, object, from }) => {
    if (resource === 'pods' && (object as Pod).status?.phase === 'Succeeded') succeeded.add(object.metadata.uid!)
    if (resource === 'jobs') {
      const now = (object as Job).status?.succeeded ?? 0
      if (now < counted) wrong.push(`${now} successes after ${counted}`)
      if (now > succeeded.size) wrong.push(`${now} successes of ${succeeded.size} pods`)
      counted = now
      if (from && isConditionTrue((from as Job).status?.conditions, 'Complete') && !isConditionTrue((object as Job).status?.conditions, 'Complete')) wrong.push('complete and not any more')
    }
  })
  make(cluster, JOBS, {
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'pi' },
    spec: {
      completions, parallelism: 1 + dice.below(4), backoffLimit: 100, completionMode: dice.pick(['NonIndexed', 'Indexed']), podReplacementPolicy: dice.pick(['TerminatingOrFailed', 'Failed']),
      template: { metadata: { annotations: { 'run-for': `${1 + dice.below(8)}s`, 'stop-after': dice.pick(['0s', '2s']) } }, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] } },
    },
  })
  let broken: string | undefined
  for (let i = 0; i < 12; i++) {
    cluster.runFor(seconds(dice.below(12)))
    const active = cluster.list<Pod>('pods', 'default').filter(isPodActive)
    if (broken) {
      cluster.faultNode('restart', broken)
      broken = undefined
    } else if (dice.oneIn(2)) cluster.faultNode('crash', (broken = `node-${1 + dice.below(3)}`))
    else if (active.length > 0) cluster.request(remove(PODS, dice.pick(active)))
  }
  if (broken) cluster.faultNode('restart', broken)
  cluster.runFor(minutes(40))
  const job = cluster.objects.get('jobs/default/pi') as Job
  expect(wrong).toEqual([])
  expect(isConditionTrue(job.status?.conditions, 'Complete')).toBe(true)
  expect(job.status?.succeeded).toBe(completions)
  expect(job.status?.uncountedTerminatedPods).toEqual({})
  expect(cluster.list<Pod>('pods', 'default').filter((pod) => pod.metadata.finalizers?.length).map(keyOf)).toEqual([])
})
