import { describe, expect, it } from 'vitest'
import { Engine } from '../../engine/engine.ts'
import { pieceUse } from './piece-use.ts'

describe('the pieces of the range for pods', () => {
  it('are given in turn, each again only when the last node that has it is gone, also after undo', () => {
    const engine = new Engine({ seed: 1 })
    const table = engine.table<number>('pieces')
    engine.actor('test', {
      set: (_ctx, rows: readonly (readonly [string, number])[]) => rows.forEach(([node, piece]) => table.set(node, piece)),
      delete: (_ctx, node: string) => table.delete(node),
    })
    const use = pieceUse(table, 3)
    engine.command(0, 'test', 'set', [['a', 0], ['b', 1], ['c', 1]])
    expect([use.next(0), use.next(1), use.next(3)]).toEqual([2, 2, 2])
    const last = engine.command(0, 'test', 'set', [['d', 2]])
    expect(use.next(0)).toBeUndefined()
    engine.command(0, 'test', 'delete', 'c')
    expect(use.next(0)).toBeUndefined()
    const gone = engine.command(0, 'test', 'delete', 'b')
    expect(use.next(0)).toBe(1)
    engine.undo(gone, 0)
    expect(use.next(0)).toBeUndefined()
    engine.redo(gone)
    expect(use.next(2)).toBe(1)
    expect(last.diffs.length).toBe(4)
  })
})
