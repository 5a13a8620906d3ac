import { describe, expect, it } from 'vitest'
import { hexNanos } from './event-recorder.ts'

describe('names of events', () => {
  it('are nanoseconds in hexadecimal digits, as whole numbers would print them', () => {
    const instants = [[0, 0], [4, 294_967_295], [4, 294_967_296], [1_767_225_600, 0], [1_767_225_600, 999_999_999], [1_900_000_001, 7], [65_535, 999_000_123], [65_536, 1]] as const
    for (const [seconds, nanos] of instants) expect(hexNanos(seconds, nanos)).toBe((BigInt(seconds) * 1_000_000_000n + BigInt(nanos)).toString(16))
  })
})
