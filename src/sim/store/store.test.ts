import { expect, it } from 'vitest'
import { Engine } from '../engine/engine.ts'
import { minutes, type Micros } from '../engine/time.ts'
import { Store } from './store.ts'

/** A store and a hand that writes at an instant. */
function written(): { readonly store: Store; at(now: Micros, name: string): void; kept(): number; hash(): unknown; undo(): void } {
  const engine = new Engine({ seed: 1 })
  const store = new Store(engine)
  const steps: ReturnType<Engine['command']>[] = []
  engine.actor('hand', { write: (_ctx, name: string) => void store.put(`configmaps/default/${name}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }) })
  return {
    store,
    at: (now, name) => void steps.push(engine.command(now, 'hand', 'write', name)),
    kept: () => engine.table('etcd/changes').size,
    hash: () => engine.hash(),
    undo: () => engine.undo(steps.pop()!, minutes(11)),
  }
}

it('forgets changes after five to ten minutes, with the first write after them', () => {
  const { store, at, kept } = written()
  at(minutes(1), 'a')
  const first = store.revision
  at(minutes(6), 'b')
  at(minutes(8), 'c')
  expect(store.changesSince('configmaps', first)?.map(({ key }) => key)).toEqual(['configmaps/default/b', 'configmaps/default/c'])
  at(minutes(12), 'd')
  expect(store.compacted).toBe(first + 1)
  expect(store.changesSince('configmaps', first)).toBeUndefined()
  expect(store.changesSince('configmaps', first + 1)?.map(({ key }) => key)).toEqual(['configmaps/default/c', 'configmaps/default/d'])
  expect(kept()).toBe(2)
  at(minutes(60), 'e')
  expect(kept()).toBe(1)
  expect(store.compacted).toBe(store.revision - 1)
  expect(store.keys('configmaps')).toHaveLength(5)
})

it('takes compaction back with the write that brought it', () => {
  const { at, hash, undo } = written()
  for (const [i, name] of ['a', 'b', 'c'].entries()) at(minutes(1 + i * 5), name)
  const before = hash()
  at(minutes(16), 'd')
  expect(hash()).not.toBe(before)
  undo()
  expect(hash()).toBe(before)
})
