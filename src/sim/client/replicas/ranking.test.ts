import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPodActive, type Pod } from '../../api/pod.ts'
import { formatTime, seconds } from '../../engine/time.ts'
import { deletionCost, logAge, rankForDeletion } from './ranking.ts'

interface Wish {
  readonly node?: string
  readonly phase?: 'Pending' | 'Running'
  readonly ready?: boolean
  readonly readySince?: number
  readonly created?: number
  readonly cost?: string
  readonly restarts?: number
}

function pod(name: string, { node, phase = 'Running', ready = true, readySince = 10, created = 5, cost, restarts = 0 }: Wish = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      creationTimestamp: formatTime(seconds(created)),
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { nodeName: node ?? 'n1', containers: [] },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: formatTime(seconds(readySince)) }],
      containerStatuses: [{ name: 'c', image: '', imageID: '', ready, restartCount: restarts }],
    },
  }
}

const NOW = seconds(1000)
const order = (pods: readonly Pod[], related: readonly Pod[] = []): string[] => rankForDeletion(pods, related, isPodActive, NOW).map((p) => p.metadata.name)

describe('which pods go first', () => {
  test('those without a node', () => expect(order([pod('a'), pod('b', { node: '' })])).toEqual(['b', 'a']))
  test('pending before running', () => expect(order([pod('a'), pod('b', { phase: 'Pending' })])).toEqual(['b', 'a']))
  test('unready before ready', () => expect(order([pod('a'), pod('b', { ready: false })])).toEqual(['b', 'a']))
  test('cheap before dear', () => expect(order([pod('a', { cost: '7' }), pod('b', { cost: '-3' }), pod('c')])).toEqual(['b', 'c', 'a']))
  test('lately ready before long ready', () => expect(order([pod('a', { readySince: 10 }), pod('b', { readySince: 990 })])).toEqual(['b', 'a']))
  test('often restarted before steady, when unready', () =>
    expect(order([pod('a', { ready: false }), pod('b', { ready: false, restarts: 4 })])).toEqual(['b', 'a']))
  test('young before old, when unready', () =>
    expect(order([pod('a', { ready: false, created: 5 }), pod('b', { ready: false, created: 990 })])).toEqual(['b', 'a']))

  test('those on the fuller node, counting pods of the family', () => {
    const [a, b] = [pod('a', { node: 'n1' }), pod('b', { node: 'n2' })]
    expect(order([a, b], [a, b, pod('c', { node: 'n2' })])).toEqual(['b', 'a'])
  })

  test('ages in the same power of two are equal, and the uid decides', () => {
    expect(order([pod('b', { readySince: 400 }), pod('a', { readySince: 300 })])).toEqual(['a', 'b'])
  })

  test('the order is total: it does not depend on the order of the list', () => {
    const wish = fc.record({ node: fc.constantFrom('', 'n1', 'n2'), ready: fc.boolean(), readySince: fc.nat(999), created: fc.nat(999), restarts: fc.nat(2), cost: fc.constantFrom('0', '5') })
    fc.assert(
      fc.property(fc.array(wish, { minLength: 2, maxLength: 6 }), (wishes) => {
        // Pods that differ in nothing but the uid keep the list's order, so every pod gets its own times.
        const pods = wishes.map((w, i) => pod(`p${i}`, { ...w, created: i, readySince: i * 100 }))
        expect(order(pods.slice().reverse(), pods)).toEqual(order(pods, pods))
      }),
    )
  })
})

test('the logarithm of an age counts nanoseconds by bits', () => {
  expect(logAge(0)).toBe(-1)
  expect(logAge(1)).toBe(9)
  expect(logAge(seconds(1))).toBe(29)
  expect(logAge(seconds(3600))).toBe(41)
  for (let us = 1; us < 2 ** 40; us *= 3) expect(logAge(us)).toBe(Math.floor(Math.log2(us * 1000)))
})

test('a deletion cost that is no plain integer counts as none', () => {
  expect(deletionCost(pod('a', { cost: '12' }))).toBe(12)
  for (const cost of ['+12', '012', '1.5', 'x', '99999999999']) expect(deletionCost(pod('a', { cost }))).toBe(0)
})
