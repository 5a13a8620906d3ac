import { describe, expect, test } from 'vitest'
import { judgeEviction, withDisruptionCondition, type PodDisruptionBudget } from './disruption.ts'
import type { Pod } from './pod.ts'

const NOW = '2026-01-01T00:00:00Z'
const pod = (ready: boolean, phase: 'Running' | 'Pending' | 'Failed' = 'Running'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', labels: { app: 'web' } },
  spec: { containers: [] },
  status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})
const budget = (allowed: number, healthy: number, policy?: 'AlwaysAllow'): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default', generation: 1 },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } }, ...(policy ? { unhealthyPodEvictionPolicy: policy } : {}) },
  status: { currentHealthy: healthy, desiredHealthy: 2, disruptionsAllowed: allowed, expectedPods: 3, observedGeneration: 1 },
})

describe('an eviction', () => {
  test('takes one disruption from the budget and remembers the pod', () => {
    const verdict = judgeEviction(pod(true), [budget(1, 3)], NOW)
    expect(verdict).toMatchObject({ delete: true, budget: { status: { disruptionsAllowed: 0, disruptedPods: { p: NOW } } } })
  })

  test('is refused when the budget is spent, with the numbers', () => {
    const verdict = judgeEviction(pod(true), [budget(0, 2)], NOW)
    expect(verdict).toMatchObject({
      refuse: { code: 429, reason: 'TooManyRequests', message: "Cannot evict pod as it would violate the pod's disruption budget.", details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods and has 2 currently' }] } },
    })
  })

  test('of a broken pod needs a healthy budget, unless the policy always allows it', () => {
    expect(judgeEviction(pod(false), [budget(0, 2)], NOW)).toEqual({ delete: true })
    expect(judgeEviction(pod(false), [budget(0, 1)], NOW)).toHaveProperty('refuse')
    expect(judgeEviction(pod(false), [budget(0, 1, 'AlwaysAllow')], NOW)).toEqual({ delete: true })
  })

  test('of an ended or pending pod asks no budget', () => {
    expect(judgeEviction(pod(false, 'Failed'), [budget(0, 0)], NOW)).toEqual({ delete: true })
    expect(judgeEviction(pod(false, 'Pending'), [budget(0, 0)], NOW)).toEqual({ delete: true })
  })

  test('waits for a budget that has not been counted since it changed', () => {
    expect(judgeEviction(pod(true), [{ ...budget(1, 3), metadata: { name: 'web', generation: 2 } }], NOW)).toMatchObject({ refuse: { details: { retryAfterSeconds: 10 } } })
  })

  test('of a pod with two budgets is refused', () => expect(judgeEviction(pod(true), [budget(1, 3), budget(1, 3)], NOW)).toMatchObject({ refuse: { code: 500 } }))
})

test('the condition says whether a pod may go', () => {
  const status = budget(1, 3).status!
  expect(withDisruptionCondition(status, 1, NOW).conditions).toMatchObject([{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }])
  expect(withDisruptionCondition({ ...status, disruptionsAllowed: 0 }, 1, NOW).conditions).toMatchObject([{ status: 'False', reason: 'InsufficientPods' }])
})
