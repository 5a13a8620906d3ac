import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveFenceposts, rolloutNumbers } from './deployment-numbers.ts'

const bound = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`))

describe('rollout numbers', () => {
  test('surge rounds up and unavailable rounds down', () => {
    expect(resolveFenceposts('25%', '25%', 10)).toEqual([3, 2])
    expect(resolveFenceposts('25%', '25%', 3)).toEqual([1, 0])
    expect(resolveFenceposts('25%', '25%', 1)).toEqual([1, 0])
  })

  test('when neither leaves any room one pod may be unavailable', () => {
    expect(resolveFenceposts(0, '10%', 5)).toEqual([0, 1])
  })

  test('the most and the fewest pods follow from the wish', () => {
    const spec = { replicas: 10, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } } as const
    expect(rolloutNumbers(spec)).toEqual({ desired: 10, maxSurge: 3, maxUnavailable: 2, maxTotal: 13, minAvailable: 8 })
  })

  test('recreate has neither surge nor availability', () => {
    expect(rolloutNumbers({ replicas: 4, strategy: { type: 'Recreate' } })).toEqual({ desired: 4, maxSurge: 0, maxUnavailable: 0, maxTotal: 4, minAvailable: 0 })
  })

  test('there is always room for a step, and the minimum is never negative', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), bound, bound, (replicas, maxSurge, maxUnavailable) => {
        const n = rolloutNumbers({ replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } })
        expect(n.minAvailable).toBeGreaterThanOrEqual(0)
        expect(n.maxTotal).toBeGreaterThanOrEqual(n.desired)
        if (replicas > 0) expect(n.maxTotal - n.minAvailable).toBeGreaterThan(0)
      }),
    )
  })
})
