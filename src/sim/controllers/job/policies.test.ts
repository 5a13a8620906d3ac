import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { parseIntervals } from './intervals.ts'
import { matchFailurePolicy, matchSuccessPolicy } from './policies.ts'

const failed = (exitCode: number, condition?: string): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'd' }, spec: { containers: [] },
  status: { phase: 'Failed', containerStatuses: [{ name: 'main', state: { terminated: { exitCode } } }], conditions: condition ? [{ type: condition, status: 'True' }] : [] },
} as unknown as Pod)

test('the first rule that fits decides about a failed pod', () => {
  const policy = { rules: [
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } },
    { action: 'Count', onExitCodes: { operator: 'NotIn', values: [1] } },
  ] } as const
  expect(matchFailurePolicy(policy, failed(42, 'DisruptionTarget'))).toEqual({ counts: false, action: 'Ignore' })
  expect(matchFailurePolicy(policy, failed(42)).message).toBe('Container main for pod d/p failed with exit code 42 matching FailJob rule at index 1')
  expect(matchFailurePolicy(policy, failed(7))).toEqual({ counts: true, action: 'Count' })
  expect(matchFailurePolicy(policy, failed(1))).toEqual({ counts: true })
  expect(matchFailurePolicy(undefined, failed(1))).toEqual({ counts: true })
})

test('a success policy is met by its indexes or by a number of them', () => {
  const policy = { rules: [{ succeededIndexes: '0-2', succeededCount: 2 }, { succeededCount: 4 }] }
  expect(matchSuccessPolicy(policy, 10, parseIntervals('0,5', 10))).toBeUndefined()
  expect(matchSuccessPolicy(policy, 10, parseIntervals('0,2', 10))).toBe('Matched rules at index 0')
  expect(matchSuccessPolicy(policy, 10, parseIntervals('5-8', 10))).toBe('Matched rules at index 1')
})
