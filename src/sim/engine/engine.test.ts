import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Engine, EngineFault } from './engine.ts'
import { formatMicroTime, formatTime, parseTime, seconds } from './time.ts'
import { Timeline } from './timeline.ts'

/** A toy world: walkers that draw, write, delete, schedule and cancel, as busy as a cluster is. */
function world(seed: number, options: { budget?: number; segment?: number } = {}) {
  const engine = new Engine({ seed })
  engine.debug = true
  const cells = engine.table<{ n: number; by: string }>('cells')
  const byOwner = cells.index((cell) => cell.by)
  engine.actor('walker', {
    walk(ctx) {
      const key = `k${ctx.random.below(12)}`
      const old = cells.get(key)
      if (old && ctx.random.below(3) === 0) cells.delete(key)
      else cells.set(key, { n: (old?.n ?? 0) + 1, by: ctx.instance })
      ctx.note('walked', { key })
      const seq = ctx.schedule(1 + ctx.random.below(50), ctx.event.actor, 'walk')
      if (ctx.random.below(4) === 0) {
        ctx.cancel(seq)
        ctx.schedule(20, ctx.event.actor, 'walk')
      }
    },
    start(ctx, n: number) {
      for (let i = 0; i < n; i++) ctx.schedule(i, `walker/${i}`, 'walk')
    },
    fail() {
      cells.set('half-written', { n: 1, by: 'x' })
      throw new Error('on purpose')
    },
  })
  return { engine, cells, byOwner, timeline: new Timeline(engine, options) }
}

describe('the engine', () => {
  test('gives the same hash for the same seed and commands, and another one for another seed', () => {
    const run = (seed: number): string => {
      const w = world(seed)
      w.timeline.command('walker', 'start', 5)
      w.timeline.runUntil(2000)
      return w.engine.hash()
    }
    expect(run(1)).toBe(run(1))
    expect(run(1)).not.toBe(run(2))
  })

  test('undoing everything gives the first hash', () => {
    const w = world(3)
    const first = w.engine.hash()
    w.timeline.command('walker', 'start', 5)
    w.timeline.runUntil(3000)
    while (w.timeline.back());
    expect(w.engine.hash()).toBe(first)
    expect(w.byOwner.groups()).toEqual([])
  })

  test('rolls a failing event back and says which one it was', () => {
    const w = world(4)
    const before = w.engine.hash()
    expect(() => w.timeline.command('walker', 'fail', null)).toThrow(EngineFault)
    expect(w.engine.hash()).toBe(before)
    expect(w.cells.size).toBe(0)
  })

  test('freezes what is stored when debugging', () => {
    const w = world(5)
    w.timeline.command('walker', 'start', 1)
    w.timeline.runUntil(100)
    expect(() => {
      for (const cell of w.cells.values()) (cell as { n: number }).n = 0
    }).toThrow(TypeError)
  })
})

describe('the timeline', () => {
  test.each([{ budget: 1e9, segment: 64 }, { budget: 4000, segment: 64 }])('comes to the same state by stepping, seeking and replaying (%o)', (options) => {
    const w = world(7, options)
    const hashes = [w.engine.hash()]
    w.timeline.command('walker', 'start', 6)
    hashes.push(w.engine.hash())
    while (w.timeline.index < 1500) {
      w.timeline.step()
      hashes.push(w.engine.hash())
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 6 }), (targets) => {
        for (const target of targets) {
          w.timeline.seek(target)
          expect(w.engine.hash()).toBe(hashes[target])
        }
      }),
      { numRuns: 25, seed: 1 },
    )
    w.timeline.seek(1200)
    for (let i = 1199; i > 900; i--) {
      w.timeline.back()
      expect(w.engine.hash()).toBe(hashes[i])
    }
  })

  test('keeps the old branch when a command comes in the past, and picks it up again', () => {
    const w = world(8)
    w.timeline.command('walker', 'start', 3)
    w.timeline.runUntil(500)
    const end = w.timeline.endIndex
    const there = w.engine.hash()
    w.timeline.seek(20)
    w.timeline.command('walker', 'start', 2)
    w.timeline.runUntil(900)
    const here = w.engine.hash()
    const hereIndex = w.timeline.index
    expect(w.timeline.branches().map((b) => [b.parent, b.forkIndex])).toEqual([[null, 0], [0, 20]])
    w.timeline.seek(end, 0)
    expect(w.engine.hash()).toBe(there)
    w.timeline.seek(hereIndex, 1)
    expect(w.engine.hash()).toBe(here)
  })

  test('looks ahead without moving, and what it saw comes true', () => {
    const w = world(9)
    w.timeline.command('walker', 'start', 3)
    const before = w.engine.hash()
    const seen = w.timeline.peek(50, (step, index) => (index === 30 ? step.event : undefined))
    expect(w.engine.hash()).toBe(before)
    expect(w.timeline.endIndex).toBe(1)
    w.timeline.runUntil(seen!.at)
    expect(w.timeline.at(30)!.event).toBe(seen)
    w.timeline.seek(10)
    w.timeline.seek(1)
    w.timeline.peek(100, () => undefined)
    w.timeline.command('walker', 'start', 1)
    expect(w.timeline.branches()).toHaveLength(2)
  })

  test('a command after a look ahead replaces what was only looked at', () => {
    const w = world(10)
    w.timeline.command('walker', 'start', 3)
    w.timeline.peek(500, () => undefined)
    w.timeline.command('walker', 'start', 1)
    expect(w.timeline.branches()).toHaveLength(1)
    const direct = world(10)
    direct.timeline.command('walker', 'start', 3)
    direct.timeline.command('walker', 'start', 1)
    expect(w.engine.hash()).toBe(direct.engine.hash())
  })

  test('a ghost command leaves no trace, even in the past', () => {
    const w = world(12)
    w.timeline.command('walker', 'start', 3)
    w.timeline.runUntil(500)
    w.timeline.seek(20)
    const before = w.engine.hash()
    const steps = { n: 0 }
    expect(w.timeline.ghost('walker', 'start', 2, 100, () => (++steps.n === 60 ? w.cells.size : undefined))).toBeGreaterThan(0)
    expect(w.engine.hash()).toBe(before)
    expect(w.timeline.branches()).toHaveLength(1)
    w.timeline.step()
    expect(w.timeline.index).toBe(21)
  })

  test('seeks an instant and stands there between events', () => {
    const w = world(11)
    w.timeline.command('walker', 'start', 3)
    w.timeline.runUntil(1000)
    const hash = w.engine.hash()
    w.timeline.seekTime(333)
    expect(w.timeline.clock).toBe(333)
    expect(w.engine.now).toBeLessThanOrEqual(333)
    expect(w.timeline.nextAt()).toBeGreaterThan(333)
    w.timeline.seekTime(1000)
    expect(w.engine.hash()).toBe(hash)
  })
})

describe('time', () => {
  test('prints and reads Kubernetes timestamps', () => {
    expect(formatTime(0)).toBe('2026-01-01T00:00:00Z')
    expect(formatTime(seconds(59 * 86_400 + 3661))).toBe('2026-03-01T01:01:01Z')
    expect(formatMicroTime(1_000_042)).toBe('2026-01-01T00:00:01.000042Z')
    expect(parseTime('2026-01-01T01:00:00+01:00')).toBe(0)
    expect(parseTime('2026-02-30')).toBeUndefined()
    fc.assert(fc.property(fc.integer({ min: -4e9, max: 4e9 }), (s) => parseTime(formatTime(seconds(s))) === seconds(s)))
  })
})
