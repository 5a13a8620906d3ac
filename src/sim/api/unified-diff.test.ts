import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unifiedDiff } from './unified-diff.ts'

/** Applies a diff to its first text. */
function patched(before: string, diff: string): string {
  const from = before.split('\n')
  const out: string[] = []
  let at = 0
  for (const line of diff.split('\n').slice(0, -1)) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+/.exec(line)
    if (head) {
      const start = head[2] === '0' ? Number(head[1]) : Number(head[1]) - 1
      while (at < start) out.push(from[at++]!)
    } else if (line[0] === '+') out.push(line.slice(1))
    else {
      expect(line.slice(1)).toBe(from[at])
      if (line[0] === ' ') out.push(from[at]!)
      at++
    }
  }
  return [...out, ...from.slice(at)].join('\n')
}

describe('unified diffs', () => {
  it('show a change with three lines around it', () => {
    expect(unifiedDiff('a\nb\nc\nd\ne\nf\ng', 'a\nb\nc\nX\ne\nf\ng')).toBe('@@ -1,7 +1,7 @@\n a\n b\n c\n-d\n+X\n e\n f\n g\n')
    expect(unifiedDiff('a', 'a')).toBe('')
  })

  it('lead from the one text to the other', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', '{', '}', 'x: 1'), { maxLength: 300 }).map((l) => l.join('\n'))
    fc.assert(fc.property(lines, lines, (a, b) => {
      expect(patched(a, unifiedDiff(a, b))).toBe(b)
    }), { numRuns: 60 })
  })
})
