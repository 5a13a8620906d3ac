import { describe, expect, test } from 'vitest'
import type { Pod } from './pod.ts'
import { charge, concerns, quotaMatches, totalUsage, type ResourceQuota } from './quota.ts'

const PODS = { group: '', plural: 'pods' }
const quota = (hard: Record<string, string>, used: Record<string, string> = {}, scopes?: readonly string[]): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'default' },
  spec: { hard, ...(scopes ? { scopes } : {}) },
  status: { hard, used },
})
const pod = (requests?: Record<string, string>, phase: 'Running' | 'Failed' = 'Running'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'main', resources: requests ? { requests } : {} }] },
  status: { phase },
})

describe('a quota', () => {
  test('counts what fits and says what does not', () => {
    expect(charge(quota({ pods: '2' }, { pods: '1' }), PODS, pod())).toEqual({ pods: '2' })
    expect(charge(quota({ pods: '2' }, { pods: '2' }), PODS, pod())).toBe('exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2')
  })

  test('wants compute resources named that it limits', () => {
    const q = quota({ 'requests.cpu': '1', 'limits.memory': '1Gi' }, { 'requests.cpu': '0', 'limits.memory': '0' })
    expect(charge(q, PODS, pod({ cpu: '100m' }))).toBe('failed quota: q: must specify limits.memory for: main')
  })

  test('that nobody has counted yet admits nothing', () => {
    expect(charge({ ...quota({ pods: '2' }), status: {} }, PODS, pod())).toBe('status unknown for quota: q, resources: pods')
  })

  test('adds exactly and leaves ended pods out', () => {
    const q = quota({ pods: '9', 'requests.cpu': '4', 'count/pods': '9' })
    expect(totalUsage(q, [[PODS, [pod({ cpu: '250m' }), pod({ cpu: '1' }), pod({ cpu: '1' }, 'Failed')]]])).toEqual({ pods: '2', 'requests.cpu': '1250m', 'count/pods': '3' })
  })

  test('with a scope sees only pods of that scope', () => {
    const q = quota({ pods: '1' }, { pods: '0' }, ['BestEffort'])
    expect(quotaMatches(q, PODS, pod())).toBe(true)
    expect(quotaMatches(q, PODS, pod({ cpu: '1' }))).toBe(false)
  })

  test('concerns the kinds that it names', () => {
    const q = quota({ 'count/deployments.apps': '1', 'services.nodeports': '2' })
    expect(concerns(q, { group: 'apps', plural: 'deployments' })).toBe(true)
    expect(concerns(q, { group: '', plural: 'services' })).toBe(true)
    expect(concerns(q, PODS)).toBe(false)
  })
})
