import { describe, expect, it } from 'vitest'
import { FamiliarMap, FamiliarSet } from './familiar.ts'

describe('what is familiar', () => {
  it('is kept for good from the second sight on', () => {
    const map = new FamiliarMap<number>(2)
    const template = {}
    map.set(template, 7)
    expect(map.get(template)).toBe(7)
    for (let i = 0; i < 10; i++) map.set({}, i)
    expect(map.get(template)).toBe(7)
  })

  it('is forgotten when others come in between before it is seen again', () => {
    const set = new FamiliarSet(2)
    const once = {}
    set.add(once)
    for (let i = 0; i < 2; i++) set.add({})
    expect(set.has(once)).toBe(false)
    expect(set.has({})).toBe(false)
  })
})
