import { expect, it } from 'vitest'
import { Engine } from '../engine/engine.ts'
import { Collections } from './collections.ts'

/** A table with its collections, and random writes to it. */
function grown(seed: number, writes: number) {
  const engine = new Engine({ seed })
  const table = engine.table<number>('etcd')
  const collections = table.derive(new Collections())
  const names = ['a', 'a-b', 'a.b', 'ab', 'a0', 'z']
  engine.actor('hand', {
    write({ random }) {
      const some = () => names[random.below(names.length)]!
      const key = random.below(3) === 0 ? `nodes/${some()}` : `${random.below(2) ? 'pods' : 'pods.example'}/${some()}/${some()}${random.below(40)}`
      if (random.below(3) === 0) table.delete(key)
      else table.set(key, random.below(9))
      // Looking in between must not change what is found afterwards.
      if (random.below(5) === 0) collections.keys('pods')
      if (random.below(5) === 0) collections.keys('pods', 'a')
    },
  })
  const steps = Array.from({ length: writes }, (_, i) => engine.command(i, 'hand', 'write', null))
  return { engine, table, collections, steps, names }
}

const world = grown(3, 1500)
const expected = (prefix: string): readonly string[] => world.table.keys().filter((key) => key.startsWith(prefix))

const holds = (): void => {
  const { collections, names, table } = world
  for (const resource of ['nodes', 'pods', 'pods.example', 'none']) {
    expect(collections.keys(resource)).toEqual(expected(`${resource}/`))
    expect(collections.count(resource)).toBe(expected(`${resource}/`).length)
    if (resource !== 'nodes') for (const name of names) expect(collections.keys(resource, name)).toEqual(expected(`${resource}/${name}/`))
  }
  expect(collections.resources()).toEqual([...new Set(table.keys().map((key) => key.slice(0, key.indexOf('/'))))].sort())
}

it('gives the keys of a resource and of a namespace in the order of the table', holds)

it('has no namespaces for objects that are in none', () => {
  expect(world.collections.keys('nodes', 'a')).toEqual([])
})

it('follows when writes are taken back, to the last', () => {
  const { engine, steps, collections } = world
  for (let n = 0; n < 1000; n++) engine.undo(steps.pop()!, 0)
  holds()
  while (steps.length > 0) engine.undo(steps.pop()!, 0)
  holds()
  expect(collections.resources()).toEqual([])
})
