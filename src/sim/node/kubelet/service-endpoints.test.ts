import { expect, test } from 'vitest'
import { eligible, type Candidate } from './service-endpoints.ts'

const endpoint = (name: string, zone: string, over: Partial<Candidate> = {}): Candidate => ({
  addresses: [name], nodeName: `n-${name}`, conditions: { ready: true, serving: true, terminating: false }, hints: { forZones: [{ name: zone }] }, ...over,
})
const chosen = (endpoints: readonly Candidate[], zone: string, policy?: string, node = 'n-x'): readonly string[] => eligible(endpoints, policy, { node, zone }).flatMap((e) => e.addresses)
const [a, b, c] = [endpoint('a', 'east'), endpoint('b', 'west'), endpoint('c', 'west')]

test('a connection stays in its zone where all ready endpoints have hints', () => {
  expect(chosen([a, b, c], 'west')).toEqual(['b', 'c'])
  expect(chosen([a, b, c], 'north')).toEqual(['a', 'b', 'c'])
  expect(chosen([a, b, endpoint('d', '', { hints: {} })], 'west')).toEqual(['a', 'b', 'd'])
})

test('hints for nodes go before those for zones', () => {
  const local = endpoint('d', 'west', { hints: { forNodes: [{ name: 'n-x' }], forZones: [{ name: 'west' }] } })
  const other = endpoint('e', 'west', { hints: { forNodes: [{ name: 'n-y' }], forZones: [{ name: 'west' }] } })
  expect(chosen([local, other], 'west')).toEqual(['d'])
  expect(chosen([other], 'west')).toEqual(['e'])
})

test('the policy Local takes endpoints of the node only', () => {
  expect(chosen([a, b], 'west', 'Local', 'n-a')).toEqual(['a'])
  expect(chosen([a, b], 'west', 'Local')).toEqual([])
})

test('endpoints that are going are taken when no ready one is left', () => {
  const going = endpoint('d', 'west', { conditions: { ready: false, serving: true, terminating: true } })
  const broken = endpoint('e', 'west', { conditions: { ready: false, serving: false, terminating: false } })
  expect(chosen([a, going, broken], 'east')).toEqual(['a'])
  expect(chosen([going, broken], 'east')).toEqual(['d'])
})
