import { describe, expect, it } from 'vitest'
import { Engine } from '../../engine/engine.ts'
import { pieceUse } from './piece-use.ts'
import { Pieces, type Span } from './pieces.ts'

describe('the pieces of the range for pods', () => {
  it('are given in turn, each again only when the last node that has it is gone, also after undo', () => {
    const engine = new Engine({ seed: 1 })
    const table = engine.table<Span>('pieces')
    engine.actor('test', {
      set: (_ctx, rows: readonly (readonly [string, number])[]) => rows.forEach(([node, piece]) => table.set(node, { first: piece, last: piece })),
      delete: (_ctx, node: string) => table.delete(node),
    })
    const use = pieceUse(table)
    engine.command(0, 'test', 'set', [['a', 0], ['b', 1], ['c', 1]])
    expect([use.next(0, 3), use.next(1, 3), use.next(3, 3)]).toEqual([2, 2, 2])
    const last = engine.command(0, 'test', 'set', [['d', 2]])
    expect(use.next(0, 3)).toBeUndefined()
    engine.command(0, 'test', 'delete', 'c')
    expect(use.next(0, 3)).toBeUndefined()
    const gone = engine.command(0, 'test', 'delete', 'b')
    expect(use.next(0, 3)).toBe(1)
    engine.undo(gone, 0)
    expect(use.next(0, 3)).toBeUndefined()
    engine.redo(gone)
    expect(use.next(2, 3)).toBe(1)
    expect(last.diffs.length).toBe(4)
  })
})

describe('a range for nodes', () => {
  it('is cut into pieces from its first address on', () => {
    const pieces = new Pieces({ first: 10 * 2 ** 24, bits: 20 }, 22)
    expect([pieces.count, pieces.cidr(0), pieces.cidr(3)]).toEqual([4, '10.0.0.0/22', '10.0.12.0/22'])
  })

  it('knows what smaller and larger ranges of nodes take of it, and which lie outside', () => {
    const pieces = new Pieces({ first: 10 * 2 ** 24, bits: 20 }, 22)
    expect(['10.0.5.0/24', '10.0.8.0/21', '10.0.0.0/8', '10.1.0.0/24', 'nonsense', undefined].map((cidr) => pieces.spanOf(cidr))).toEqual([{ first: 1, last: 1 }, { first: 2, last: 3 }, { first: 0, last: 3 }, undefined, undefined, undefined])
  })
})
