import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BranchInfo } from '../../workers/protocol.ts'
import { clockText, instantText, spanText } from './format-time.ts'
import { lineage, railLanes } from './rail-lanes.ts'
import { railLabels, railScale } from './rail-scale.ts'

describe('the ruler of the rail', () => {
  it('grows with time and finds its way back, whatever happened when', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(600_000_000), { maxLength: 60 }), fc.array(fc.nat(600_000_000), { minLength: 2, maxLength: 30 }), (busy, probes) => {
        const scale = railScale(0, 600_000_000, busy.sort((a, b) => a - b))
        let before = -1
        for (const at of probes.sort((a, b) => a - b)) {
          const place = scale.place(at)
          expect(place).toBeGreaterThanOrEqual(before)
          expect(Math.abs(scale.instant(place) - at)).toBeLessThanOrEqual(2)
          before = place
        }
      }),
    )
  })

  it('gives a short burst more room than its share of a long wait', () => {
    const scale = railScale(0, 300_000_000, [1_000_000, 1_500_000, 2_000_000])
    expect(scale.place(2_000_000)).toBeGreaterThan(0.08)
    expect([scale.place(0), scale.place(300_000_000)]).toEqual([0, 1])
  })

  it('labels round instants that do not stand on each other', () => {
    const scale = railScale(0, 66_000_000, [])
    const labels = railLabels(scale, 0, 66_000_000, 8)
    expect(labels.length).toBeLessThanOrEqual(9)
    expect(labels.every((at) => at % 1_000_000 === 0)).toBe(true)
  })
})

describe('the lanes of the rail', () => {
  const branch = (id: number, parent: number | null, forkAt: number, endAt: number): BranchInfo => ({ id, parent, forkIndex: forkAt, forkAt, endIndex: endAt, endAt, label: null })

  it('hang the rest of the first branch below the one that left it', () => {
    const all = [branch(0, null, 0, 60), branch(1, 0, 20, 50)]
    expect(railLanes(all, 1)).toMatchObject([{ branch: { id: 0 }, from: 20, to: 60 }])
    expect(railLanes(all, 0)).toMatchObject([{ branch: { id: 1 }, from: 20, to: 50 }])
  })

  it('leave out what has no steps of its own', () => {
    expect(railLanes([branch(0, null, 0, 20), branch(1, 0, 20, 50)], 1)).toEqual([])
  })

  it('follow parents to the root', () => {
    expect(lineage([branch(0, null, 0, 9), branch(1, 0, 2, 9), branch(2, 1, 4, 9)], 2)).toEqual([0, 1, 2])
  })
})

describe('times', () => {
  it('are written as on a stop watch', () => {
    expect([clockText(42_106_000), instantText(42_106_000), clockText(3_723_000_000), spanText(1_400_000), spanText(5_000), spanText(300_000_000)]).toEqual(['00:42', '00:42.106', '1:02:03', '1.4 s', '5 ms', '5 min'])
  })
})
