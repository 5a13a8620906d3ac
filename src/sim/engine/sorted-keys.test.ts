import { describe, expect, test } from 'vitest'
import { SortedKeys } from './sorted-keys.ts'
import { Index, KEY_ALONE } from './table.ts'

/** The same numbers on every run. */
function dice(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => ((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 8) % bound
}

describe('sorted keys', () => {
  test.each([1, 2, 3, 4, 5, 6])('are those of a sorted set, whenever one looks (seed %i)', (seed) => {
    const roll = dice(seed)
    const keys = new SortedKeys()
    const model = new Set<string>()
    const looks = [2, 20, 400][seed % 3]!
    for (let i = 0; i < 1500; i++) {
      const key = `k${roll(600)}`
      if (model.delete(key)) keys.delete(key)
      else {
        model.add(key)
        keys.add(key)
      }
      expect(keys.size).toBe(model.size)
      if (roll(looks) === 0) expect(keys.toArray()).toEqual([...model].sort())
      if (roll(looks) === 0) expect(keys.first()).toBe([...model].sort()[0])
    }
    expect([...keys]).toEqual([...model].sort())
    for (const key of model) keys.delete(key)
    expect(keys.size).toBe(0)
    expect(keys.first()).toBeUndefined()
  })

  test('do not miss a key that nobody has looked at when it goes again', () => {
    const keys = SortedKeys.of(Array.from({ length: 1000 }, (_, i) => `a${i}`))
    keys.add('b')
    keys.add('c')
    keys.delete('b')
    keys.delete('nobody')
    expect(keys.size).toBe(1001)
    expect(keys.toArray().slice(-1)).toEqual(['c'])
  })
})

describe('an index', () => {
  test('has groups of none, one and many, and lets go of those that are empty', () => {
    const index = new Index<readonly string[]>((groups) => groups)
    index.apply('x', undefined, ['g', 'g', 'h'])
    expect([index.keys('g'), index.count('g'), index.groups()]).toEqual([['x'], 1, ['g', 'h']])
    index.apply('a', undefined, ['g'])
    expect([index.keys('g'), index.count('g')]).toEqual([['a', 'x'], 2])
    index.apply('x', ['g', 'g', 'h'], ['h'])
    expect([index.keys('g'), index.keys('h')]).toEqual([['a'], ['x']])
    index.apply('a', ['g'], undefined)
    expect([index.keys('g'), index.count('g'), index.groups()]).toEqual([[], 0, ['h']])
  })

  test('does not ask again while the part that groups depend on is the same', () => {
    let asked = 0
    const by = ({ owner }: { owner: string }): string => (asked++, owner)
    const index = new Index(by, ({ owner }) => owner)
    index.apply('k', undefined, { owner: 'a' })
    index.apply('k', { owner: 'a' }, { owner: 'a' })
    expect(asked).toBe(1)
    index.apply('k', { owner: 'a' }, { owner: 'b' })
    expect([index.keys('a'), index.keys('b')]).toEqual([[], ['k']])
    expect(new Index<number>((_, key) => key, KEY_ALONE).keys('k')).toEqual([])
  })
})
