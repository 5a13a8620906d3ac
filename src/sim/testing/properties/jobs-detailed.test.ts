import { expect, test } from 'vitest'
import { isConditionTrue } from '../../api/conditions.ts'
import { keyOf } from '../../api/meta.ts'
import { isPodActive, type Pod } from '../../api/pod.ts'
import type { NodeFault } from '../../cluster.ts'
import { PODS, remove } from '../../client/request.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'
import { Dice } from '../soak/dice.ts'
import { make, watch, world } from './world.ts'

const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' }

test.each(Array.from({ length: 6 }, (_, i) => 250 + i))('a Job counts each success and each index once while machines crash, freeze and restart under real kubelets (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const cluster = world(seed, 3, 'detailed')
  const completions = 1 + dice.below(5)
  const indexed = dice.oneIn(2)
  const succeeded = new Set<string>()
  const wrong: string[] = []
  let counted = 0
  watch(cluster, ({ resource, object }) => {
    if (resource === 'pods' && (object as Pod).status?.phase === 'Succeeded') succeeded.add(object.metadata.uid!)
    if (resource !== 'jobs') return
    const now = (object as Job).status?.succeeded ?? 0
    if (now < counted) wrong.push(`${now} successes after ${counted}`)
    if (now > succeeded.size) wrong.push(`${now} successes of ${succeeded.size} pods`)
    counted = now
  })
  make(cluster, JOBS, {
    apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'pi' },
    spec: {
      completions, parallelism: 1 + dice.below(3), backoffLimit: 100, completionMode: indexed ? 'Indexed' : 'NonIndexed', podReplacementPolicy: dice.pick(['TerminatingOrFailed', 'Failed']),
      template: { spec: { restartPolicy: dice.pick(['Never', 'OnFailure']), terminationGracePeriodSeconds: 2, containers: [{ name: 'main', image: 'busybox', command: ['sleep', `${1 + dice.below(20)}`] }] } },
    },
  })
  let broken: readonly [NodeFault, string] | undefined
  for (let i = 0; i < 8; i++) {
    cluster.runFor(seconds(5 + dice.below(25)))
    const active = cluster.list<Pod>('pods', 'default').filter(isPodActive)
    if (broken) {
      cluster.faultNode(...broken)
      broken = undefined
    } else if (dice.oneIn(2)) {
      const [fault, cure] = dice.pick([['crash', 'restart'], ['freeze', 'thaw'], ['partition', 'heal']] as const)
      broken = [cure, `node-${1 + dice.below(3)}`]
      cluster.faultNode(fault, broken[1])
    } else if (active.length > 0) cluster.request(remove(PODS, dice.pick(active)))
  }
  if (broken) cluster.faultNode(...broken)
  cluster.runFor(minutes(60))
  const { status } = cluster.objects.get('jobs/default/pi') as Job
  expect(wrong).toEqual([])
  expect(isConditionTrue(status?.conditions, 'Complete')).toBe(true)
  expect(status?.succeeded).toBe(completions)
  if (indexed) expect(status?.completedIndexes).toBe(completions === 1 ? '0' : completions === 2 ? '0,1' : `0-${completions - 1}`)
  expect(status?.uncountedTerminatedPods).toEqual({})
  expect(cluster.list<Pod>('pods', 'default').filter((pod) => pod.metadata.finalizers?.length).map(keyOf)).toEqual([])
})
