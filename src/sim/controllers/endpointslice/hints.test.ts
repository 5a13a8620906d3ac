import { beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { seconds } from '../../engine/time.ts'
import type { EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { endpointSliceController } from './index.ts'
import { byTopology, cpuShares, isOverloaded } from './topology.ts'

let world: SmallWorld
beforeEach(() => (world = new SmallWorld([endpointSliceController])))

const ZONE = 'topology.kubernetes.io/zone'
const node = (name: string, zone: string | undefined, cpu = '4'): void => {
  world.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: zone ? { [ZONE]: zone } : {} } } as KubeObject)
  world.patch('nodes', name, { status: { allocatable: { cpu }, capacity: { cpu }, conditions: [{ type: 'Ready', status: 'True' }] } }, 'status')
}
let count = 0
const pod = (on: string, ready = 'True'): void => {
  const name = `web-${count++}`
  world.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'web' } }, spec: { nodeName: on, containers: [{ name: 'c', image: 'nginx' }] } } as KubeObject)
  world.patch('pods', name, { status: { phase: 'Running', podIP: `10.0.0.${count}`, podIPs: [{ ip: `10.0.0.${count}` }], conditions: [{ type: 'Ready', status: ready }] } }, 'status')
}
const service = (spec: object, annotations: Record<string, string> = {}): string | undefined =>
  world.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', annotations }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec } } as KubeObject)
/** "node: zones nodes" of each endpoint. */
const hints = (): readonly string[] =>
  world.list<EndpointSlice>('endpointslices').flatMap(({ endpoints }) =>
    (endpoints ?? []).map((e) => `${e.nodeName}: ${e.hints ? [...(e.hints.forZones ?? []), ...(e.hints.forNodes ?? [])].map((h) => h.name).join(' ') : '-'}`)).toSorted()

test('traffic distribution gives ready endpoints hints of their zone, and of their node where that is wished', () => {
  node('n1', 'east')
  node('n2', 'west')
  pod('n1')
  pod('n2')
  pod('n2', 'False')
  expect(service({ trafficDistribution: 'PreferSameZone' })).toBeUndefined()
  world.run(seconds(2))
  expect(hints()).toEqual(['n1: east', 'n2: -', 'n2: west'])
  world.patch('services', 'web', { spec: { trafficDistribution: 'PreferSameNode' } })
  world.run(seconds(2))
  expect(hints()).toEqual(['n1: east n1', 'n2: -', 'n2: west n2'])
  world.patch('services', 'web', { spec: { trafficDistribution: null } })
  world.run(seconds(2))
  expect(hints()).toEqual(['n1: -', 'n2: -', 'n2: -'])
})

test('topology mode Auto gives zones endpoints by their cpus, and takes the hints away when they cannot be fair', () => {
  node('n1', 'east')
  node('n2', 'west')
  for (let i = 0; i < 4; i++) pod('n1')
  for (let i = 0; i < 2; i++) pod('n2')
  service({}, { 'service.kubernetes.io/topology-mode': 'Auto' })
  world.run(seconds(2))
  expect(hints()).toEqual(['n1: east', 'n1: east', 'n1: east', 'n1: west', 'n2: west', 'n2: west'])
  expect(world.events('web')).toEqual(['TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4'])
  node('n3', undefined)
  world.run(seconds(3))
  expect(hints()).toEqual(['n1: -', 'n1: -', 'n1: -', 'n1: -', 'n2: -', 'n2: -'])
  expect(world.events('web')).toContain(
    'TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4')
})

test('fewer endpoints than zones have no hints', () => {
  const shares = { a: 0.5, b: 0.25, c: 0.25 }
  expect(byTopology([], { create: [], update: [], remove: [] }, shares).problem).toBe('Insufficient number of endpoints (0 endpoints, 3 zones)')
  expect(isOverloaded({ a: 3, b: 2, c: 2 }, shares)).toBe(false)
  expect(isOverloaded({ a: 2, b: 4 }, shares)).toBe(true)
  expect(cpuShares([])).toBeUndefined()
})

test('a Service in topology mode that no pod is behind has a slice without endpoints, and says why it has no hints', () => {
  node('a', 'z1')
  node('b', 'z2')
  service({}, { 'service.kubernetes.io/topology-mode': 'Auto' })
  world.run(seconds(5))
  expect(world.list<EndpointSlice>('endpointslices').map(({ endpoints }) => endpoints ?? [])).toEqual([[]])
  // The slice is there now, and is looked at again.
  world.patch('services', 'web', { metadata: { labels: { looked: 'again' } } })
  world.run(seconds(5))
  expect(world.list<EndpointSlice>('endpointslices')[0]!.metadata.labels).toMatchObject({ looked: 'again' })
})
