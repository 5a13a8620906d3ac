import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareQuantities } from './quantity.ts'
import type { Pod } from './pod.ts'
import { chargeAll, concerns, quotaMatches, totalUsage, type ResourceQuota } from './quota.ts'

const PODS = { group: '', plural: 'pods' }
const SERVICES = { group: '', plural: 'services' }
const quota = (hard: Record<string, string>, used: Record<string, string> = {}, scopes?: readonly string[], name = 'q'): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name, namespace: 'default' },
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
const service = (type: string, ports = 1) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type, ports: Array.from({ length: ports }, () => ({})) } })

describe('a quota', () => {
  test('counts what fits and says what does not', () => {
    const fits = quota({ pods: '2' }, { pods: '1' })
    expect(chargeAll([fits], PODS, pod())).toEqual([{ quota: fits, used: { pods: '2' } }])
    expect(chargeAll([quota({ pods: '2' }, { pods: '2' })], PODS, pod())).toBe('exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2')
  })

  test('wants compute resources named that it limits, and says so before any quota is exceeded', () => {
    const q = quota({ 'requests.cpu': '1', 'limits.memory': '1Gi' }, { 'requests.cpu': '0', 'limits.memory': '0' })
    expect(chargeAll([quota({ pods: '0' }, { pods: '0' }, undefined, 'a'), q], PODS, pod({ cpu: '100m' }))).toBe('failed quota: q: must specify limits.memory for: main')
  })

  test('that nobody has looked at yet limits nothing; one without amounts admits nothing', () => {
    expect(chargeAll([{ ...quota({ pods: '2' }), status: {} }], PODS, pod())).toEqual([])
    expect(chargeAll([quota({ pods: '2' })], PODS, pod())).toBe('status unknown for quota: q, resources: pods')
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
    expect(concerns(q, SERVICES)).toBe(true)
    expect(concerns(q, PODS)).toBe(false)
  })

  test('charges an update only for what it adds', () => {
    const q = quota({ services: '1', 'services.nodeports': '2' }, { services: '1', 'services.nodeports': '0' })
    expect(chargeAll([q], SERVICES, service('NodePort', 2), service('ClusterIP', 2))).toEqual([{ quota: q, used: { services: '1', 'services.nodeports': '2' } }])
    expect(chargeAll([q], SERVICES, service('NodePort', 3), service('ClusterIP', 3))).toContain('exceeded quota: q, requested: services.nodeports=3')
    expect(chargeAll([q], SERVICES, service('ClusterIP'), service('NodePort'))).toEqual([])
  })

  test('counts storage by class', () => {
    const claims = { group: '', plural: 'persistentvolumeclaims' }
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { storageClassName: 'fast', resources: { requests: { storage: '2Gi' } } } }
    const hard = { 'requests.storage': '5Gi', 'fast.storageclass.storage.k8s.io/requests.storage': '1Gi' }
    const q = quota(hard, { 'requests.storage': '0', 'fast.storageclass.storage.k8s.io/requests.storage': '0' })
    expect(chargeAll([q], claims, claim)).toContain('requested: fast.storageclass.storage.k8s.io/requests.storage=2Gi')
  })

  test('is never exceeded, whatever is asked for in whatever order', () => {
    const cpu = fc.integer({ min: 0, max: 900 }).map((m) => `${m}m`)
    fc.assert(
      fc.property(fc.array(cpu, { maxLength: 30 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3000 }), (asks, pods, milli) => {
        const hard = { pods: `${pods}`, 'requests.cpu': `${milli}m` }
        let q = quota(hard, { pods: '0', 'requests.cpu': '0' })
        for (const ask of asks) {
          const charges = chargeAll([q], PODS, pod({ cpu: ask }))
          if (typeof charges !== 'string') for (const charge of charges) q = { ...q, status: { hard, used: charge.used } }
        }
        for (const name of ['pods', 'requests.cpu'] as const) expect(compareQuantities(q.status!.used![name]!, hard[name])).toBeLessThanOrEqual(0)
      }),
    )
  })
})
