import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SimEvent } from './event.ts'
import { EventQueue } from './queue.ts'

const eventOf = (seq: number, at: number): SimEvent => ({ seq, at, since: 0, actor: 'a', what: 'w', cause: 0, payload: null })

describe('the queue of events', () => {
  it('gives out what was added and not taken back, by instant and number, whatever came in between', () => {
    const doing = fc.array(fc.oneof(fc.record({ add: fc.nat(20) }), fc.record({ removeNth: fc.nat(40) }), fc.constant({ pop: true }), fc.constant({ again: true })), { maxLength: 200 })
    // Numbers far apart, so that they lie on several pages.
    fc.assert(
      fc.property(doing, fc.constantFrom(1, 700), (steps, stride) => {
        const queue = new EventQueue()
        let model: SimEvent[] = []
        let seq = 1
        let taken: SimEvent | undefined
        for (const step of steps) {
          if ('add' in step) {
            const event = eventOf((seq += stride), step.add)
            queue.add(event)
            model.push(event)
          } else if ('removeNth' in step) {
            const gone = model[step.removeNth]
            if (!gone) continue
            expect(queue.find(gone.seq)).toBe(gone)
            queue.remove(gone)
            model = model.filter((e) => e !== gone)
          } else if ('pop' in step) {
            model.sort((a, b) => a.at - b.at || a.seq - b.seq)
            const next = model.shift()
            expect(queue.pop()).toBe(next)
            taken = next ?? taken
          } else if (taken && !model.includes(taken)) {
            // Undo puts an event back that ran already.
            queue.add(taken)
            model.push(taken)
          }
          expect(queue.size).toBe(model.length)
        }
        const bySeq = (a: SimEvent, b: SimEvent): number => a.seq - b.seq
        expect([...queue.unordered()].sort(bySeq)).toEqual([...model].sort(bySeq))
        const saved = queue.pending()
        queue.restore(saved)
        expect(queue.pending()).toEqual(saved)
      }),
    )
  })
})
