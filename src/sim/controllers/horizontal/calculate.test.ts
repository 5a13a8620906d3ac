import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { formatTime, minutes, seconds } from '../../engine/time.ts'
import type { PodUsage } from '../setup.ts'
import { byAverage, byUtilization, type Question } from './calculate.ts'

const NOW = minutes(60)
const pod = (name: string, phase = 'Running'): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'main', resources: { requests: { cpu: '100m' } } }] },
  status: { phase, startTime: formatTime(0), conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(0) }] },
} as unknown as Pod)
const use = (name: string, cpu: number): PodUsage => ({ name, at: NOW, window: 0, containers: [{ name: 'main', usage: { cpu } }] })
const ask = (pods: readonly Pod[], usage: readonly PodUsage[]): Question => ({ resource: 'cpu', container: '', current: pods.length, pods, usage, tolerances: { down: 0.1, up: 0.1 }, cpuInitialization: minutes(5), initialReadiness: seconds(30), now: NOW })

test('the replicas grow as usage is above the target, but not within the tolerance', () => {
  expect(byUtilization(ask([pod('a')], [use('a', 400)]), 50)).toEqual({ replicas: 8, utilization: 400, average: 400 })
  expect(byUtilization(ask([pod('a'), pod('b')], [use('a', 54), use('b', 54)]), 50)).toEqual({ replicas: 2, utilization: 54, average: 54 })
  expect(byAverage(ask([pod('a'), pod('b')], [use('a', 10), use('b', 20)]), 5)).toEqual({ replicas: 6, average: 15 })
})

test('pods without metrics are taken to be idle when it goes up and busy when it goes down', () => {
  expect(byUtilization(ask([pod('a'), pod('b')], [use('a', 90)]), 50)).toEqual({ replicas: 2, utilization: 90, average: 90 })
  expect(byUtilization(ask([pod('a'), pod('b')], [use('a', 10)]), 50)).toEqual({ replicas: 2, utilization: 10, average: 10 })
})

test('what is missing is told', () => {
  expect(byUtilization(ask([], []), 50)).toBe('no pods returned by selector while calculating replica count')
  expect(byUtilization(ask([pod('a', 'Pending')], [use('a', 1)]), 50)).toBe('did not receive metrics for targeted pods (pods might be unready)')
  const bare = { ...pod('a'), spec: { containers: [{ name: 'main' }] } } as unknown as Pod
  expect(byUtilization(ask([bare], [use('a', 1)]), 50)).toBe('missing request for cpu in container main of Pod a')
})
