import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import type { Status } from '../api/status.ts'
import { Engine, type EventContext } from '../engine/engine.ts'
import type { Service, ServiceSpec } from '../kinds/service/service.ts'
import type { RestRequest } from './rest.ts'
import { ApiServer } from './server.ts'

const SERVICES = { group: '', version: 'v1', resource: 'services', namespace: 't' } as const

class World {
  readonly engine = new Engine({ seed: 1 })
  readonly server = new ApiServer(this.engine)
  #at = 1_000_000
  #answer: unknown

  constructor() {
    this.engine.actor('test', { go: (ctx: EventContext, request: RestRequest) => void (this.#answer = this.server.execute(request, 'kubernetes-admin', ctx.now, ctx).answer) } as never)
    this.ask({ verb: 'create', group: '', version: 'v1', resource: 'namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't' } } })
  }

  ask<T = Service & Status>(request: RestRequest): T {
    this.engine.command(++this.#at, 'test', 'go', request as never)
    return this.#answer as T
  }

  create(name: string, spec: ServiceSpec, options?: RestRequest['options']): Service & Status {
    return this.ask({ verb: 'create', ...SERVICES, options, body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec } as KubeObject })
  }

  put(name: string, spec: ServiceSpec): Service & Status {
    return this.ask({ verb: 'update', ...SERVICES, name, body: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 't' }, spec } as KubeObject })
  }

  addresses(): readonly string[] {
    return this.server.store.keys('ipaddresses').map((key) => this.server.store.get(key)!.metadata.name)
  }
}

const WEB = { ports: [{ port: 80 }] } as const

describe('addresses of Services', () => {
  it('are drawn from the range, written down, and given back with the Service', () => {
    const world = new World()
    const { spec } = world.create('a', WEB)
    expect(spec).toMatchObject({ clusterIPs: [spec.clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })
    expect(world.addresses()).toEqual([spec.clusterIP])
    const address = world.ask<KubeObject>({ verb: 'get', group: 'networking.k8s.io', version: 'v1', resource: 'ipaddresses', name: spec.clusterIP! })
    expect(address).toMatchObject({ metadata: { labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4' } }, spec: { parentRef: { resource: 'services', namespace: 't', name: 'a' } } })
    world.ask({ verb: 'delete', ...SERVICES, name: 'a' })
    expect(world.addresses()).toEqual([])
  })

  it('are given once, and only from the range', () => {
    const world = new World()
    world.create('a', { ...WEB, clusterIP: '10.96.7.7' })
    expect(world.create('b', { ...WEB, clusterIP: '10.96.7.7' }).message).toContain('failed to allocate IP 10.96.7.7: provided IP is already allocated')
    expect(world.create('c', { ...WEB, clusterIP: '192.168.1.1' }).message).toContain('the provided network does not match the current range')
    expect(world.create('d', { ...WEB, clusterIP: 'x' }).message).toContain('spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address')
    expect(world.addresses()).toEqual(['10.96.7.7'])
  })

  it('are not taken by dry runs, headless Services and names', () => {
    const world = new World()
    world.create('a', WEB, { dryRun: true })
    expect(world.create('b', { ...WEB, clusterIP: 'None' }).spec).toMatchObject({ clusterIPs: ['None'], ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] })
    expect(world.create('c', { type: 'ExternalName', externalName: 'example.com' }).spec.clusterIPs).toBeUndefined()
    expect(world.addresses()).toEqual([])
  })

  it('go when the Service becomes a name, and come when it is one no more', () => {
    const world = new World()
    world.create('a', WEB)
    expect(world.put('a', { ...WEB, type: 'ExternalName', externalName: 'example.com' }).spec.clusterIP).toBeUndefined()
    expect(world.addresses()).toEqual([])
    const back = world.put('a', WEB)
    expect(world.addresses()).toEqual([back.spec.clusterIP])
  })

  it('stay as they are through updates that leave them out', () => {
    const world = new World()
    const made = world.create('a', { type: 'NodePort', ports: [{ port: 80 }] })
    const changed = world.put('a', { type: 'NodePort', ports: [{ port: 81 }] })
    expect(changed.spec).toMatchObject({ clusterIP: made.spec.clusterIP, ports: [{ port: 81, nodePort: made.spec.ports![0]!.nodePort }] })
    expect(world.put('a', { ...WEB, clusterIP: 'None' }).message).toContain('may not change once set')
    expect(world.put('a', WEB).spec.ports![0]!.nodePort).toBeUndefined()
  })

  it('are of one family here', () => {
    const world = new World()
    expect(world.create('a', { ...WEB, ipFamilies: ['IPv6'] }).message).toContain('spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster')
    expect(world.create('b', { ...WEB, ipFamilyPolicy: 'RequireDualStack' }).message).toContain('this cluster is not configured for dual-stack services')
    expect(world.create('c', { ...WEB, ipFamilyPolicy: 'PreferDualStack' }).spec.ipFamilies).toEqual(['IPv4'])
  })
})

describe('node ports', () => {
  it('are shared by protocols of one port and refused to others', () => {
    const world = new World()
    const dns = world.create('dns', { type: 'NodePort', ports: [{ name: 'a', port: 53 }, { name: 'b', port: 53, protocol: 'UDP' }] })
    const [tcp, udp] = dns.spec.ports!
    expect(tcp!.nodePort).toBe(udp!.nodePort)
    expect(world.create('x', { type: 'NodePort', ports: [{ port: 80, nodePort: tcp!.nodePort }] }).message).toContain('provided port is already allocated')
    expect(world.create('y', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }).message).toContain('The range of valid ports is 30000-32767')
  })

  it('come with load balancers, unless these want none, and so does a port for health checks', () => {
    const world = new World()
    expect(world.create('a', { ...WEB, type: 'LoadBalancer' }).spec.ports![0]!.nodePort).toBeGreaterThanOrEqual(30_000)
    const quiet = world.create('b', { ...WEB, type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, externalTrafficPolicy: 'Local' }).spec
    expect(quiet.ports![0]!.nodePort).toBeUndefined()
    expect(quiet.healthCheckNodePort).toBeGreaterThanOrEqual(30_000)
  })
})

describe('whatever is asked of Services', () => {
  const types = fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', undefined)
  const ips = fc.constantFrom(undefined, 'None', '10.96.0.9', '10.96.0.10', '', 'x')
  const wish = fc.record({ type: types, clusterIP: ips, externalName: fc.constant('example.com'), ports: fc.array(fc.record({ name: fc.constantFrom('a', 'b'), port: fc.constantFrom(80, 81), nodePort: fc.constantFrom(undefined, 30_001, 30_002) }), { maxLength: 2 }) })
  const action = fc.record({ what: fc.constantFrom('create', 'update', 'delete'), name: fc.constantFrom('a', 'b', 'c'), wish })

  it('each address and each node port belongs to one of them, and every address is written down', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const world = new World()
        for (const { what, name, wish: spec } of actions) {
          if (what === 'create') world.create(name, spec as ServiceSpec)
          else if (what === 'update') world.put(name, spec as ServiceSpec)
          else world.ask({ verb: 'delete', ...SERVICES, name })
        }
        const services = world.server.store.keys('services').map((key) => world.server.store.get(key) as Service)
        const owned = services.flatMap((s) => (s.spec.clusterIPs ?? []).filter((ip) => ip !== 'None'))
        expect([...world.addresses()].sort()).toEqual([...owned].sort())
        const ports = services.flatMap((s) => [...new Set((s.spec.ports ?? []).flatMap((p) => (p.nodePort ? [p.nodePort] : [])))])
        expect(new Set(ports).size).toBe(ports.length)
      }),
      { numRuns: 60 },
    )
  })
})
