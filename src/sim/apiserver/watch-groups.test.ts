import { expect, it } from 'vitest'
import type { WatchRow } from './listener.ts'
import { WatchGroups } from './watch-groups.ts'

const row = (id: string, more: Partial<WatchRow> = {}): WatchRow => ({ id, client: 'test', to: { actor: id, what: 'told' }, latency: 0, group: '', version: 'v1', resource: 'pods', ...more })

it('lists the watches of a group in the order of their ids, however they were opened and closed', () => {
  const groups = new WatchGroups()
  const told = (): readonly string[] => groups.of('pods')!.all.listeners.map(({ id }) => id)
  const rows = ['c', 'a', 'b'].map((id) => row(id))
  for (const r of rows) groups.apply(r.id, undefined, r)
  expect(told()).toEqual(['a', 'b', 'c'])
  groups.apply('a', rows[1], undefined)
  expect(told()).toEqual(['b', 'c'])
  groups.apply('a', undefined, rows[1])
  expect(told()).toEqual(['a', 'b', 'c'])
})

it('keeps watches of one node, one namespace and one name apart, and forgets groups that nobody is in', () => {
  const groups = new WatchGroups()
  const onNode = row('n', { fieldSelector: 'spec.nodeName=node-1' })
  const named = row('o', { namespace: 'default', fieldSelector: 'metadata.name=web' })
  const inNamespace = row('p', { namespace: 'default' })
  for (const r of [onNode, named, inNamespace]) groups.apply(r.id, undefined, r)
  const { all, byNode, byName, byNamespace } = groups.of('pods')!
  expect(all.size).toBe(0)
  expect([...byNode.keys(), ...byName.keys(), ...byNamespace.keys()]).toEqual(['node-1', 'default/web', 'default'])
  groups.apply('n', onNode, undefined)
  expect(byNode.size).toBe(0)
})
