import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { ApiServer } from '../../apiserver/server.ts'
import { ControllerRunner } from '../../client/controller-runner.ts'
import { InformerFactory } from '../../client/informer.ts'
import type { Request } from '../../client/request.ts'
import { requestOf, sizeOf, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { Client } from '../../client/transport.ts'
import { Engine } from '../../engine/engine.ts'
import { seconds } from '../../engine/time.ts'
import { persistentVolumeBinder } from './index.ts'

/** API server and binder alone. */
class World {
  readonly engine: Engine
  readonly server: ApiServer
  now = 0

  constructor(seed: number) {
    const engine = new Engine({ seed })
    this.engine = engine
    this.server = new ApiServer(engine)
    const informers = new InformerFactory(engine, 'kcm', new Client(engine, 'kcm', { user: 'system:kcm' }))
    new ControllerRunner(engine, persistentVolumeBinder, informers)
    engine.actor('boot', {
      boot: (ctx) => {
        this.server.execute({ verb: 'create', group: '', version: 'v1', resource: 'namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } } }, 'system:apiserver', ctx.now, ctx)
        informers.start(ctx)
      },
      send: (ctx, request: Request) => void this.server.execute(request, 'kubernetes-admin', ctx.now, ctx),
    })
    engine.command(0, 'boot', 'boot', null)
    this.run(seconds(1))
  }

  run(duration: number): void {
    const end = this.now + duration
    for (let at = this.engine.queue.peek()?.at; at !== undefined && at <= end; at = this.engine.queue.peek()?.at) this.engine.step()
    this.now = end
  }

  send(request: Omit<Request, 'group' | 'version'>): void {
    this.engine.command(this.now, 'boot', 'send', { group: '', version: 'v1', ...request })
  }

  create(body: KubeObject): void {
    const isClaim = body.kind === 'PersistentVolumeClaim'
    this.send({ verb: 'create', resource: isClaim ? 'persistentvolumeclaims' : 'persistentvolumes', namespace: isClaim ? 'default' : undefined, body })
  }

  claims(): readonly Claim[] {
    return this.server.store.keys('persistentvolumeclaims', 'default').map((key) => this.server.store.get(key) as Claim)
  }

  volumes(): readonly PersistentVolume[] {
    return this.server.store.keys('persistentvolumes').map((key) => this.server.store.get(key) as PersistentVolume)
  }
}

const claim = (name: string, storage: string, modes: readonly string[] = ['ReadWriteOnce']): KubeObject => ({
  apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: modes, storageClassName: 's', resources: { requests: { storage } } },
})
const volume = (name: string, storage: string, modes: readonly string[] = ['ReadWriteOnce'], policy = 'Retain'): KubeObject => ({
  apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name },
  spec: { capacity: { storage }, accessModes: modes, storageClassName: 's', persistentVolumeReclaimPolicy: policy, hostPath: { path: `/tmp/${name}` } },
})

/** What must hold at every instant: no volume for two claims, no claim on a volume that points elsewhere, none too small. */
function check(world: World): void {
  const volumes = new Map(world.volumes().map((v) => [v.metadata.name, v]))
  const taken = new Set<string>()
  for (const c of world.claims()) {
    const name = c.spec.volumeName
    if (!name || c.status?.phase !== 'Bound') continue
    expect(taken, `${name} has two claims`).not.toContain(name)
    taken.add(name)
    const v = volumes.get(name)
    if (!v) continue
    expect(v.spec.claimRef?.uid).toBe(c.metadata.uid)
    expect(compareQuantities(sizeOf(v), requestOf(c))).toBeGreaterThanOrEqual(0)
    for (const mode of c.spec.accessModes ?? []) expect(v.spec.accessModes).toContain(mode)
  }
}

describe('the binder', () => {
  test('keeps claims and volumes one to one and never binds to too small a volume, whatever is created and deleted', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const world = new World(seed)
      let state = seed
      const random = { below: (bound: number): number => ((state = (state * 1103515245 + 12345) % 2147483648) >>> 8) % bound }
      const MODES = [['ReadWriteOnce'], ['ReadOnlyMany'], ['ReadWriteOnce', 'ReadOnlyMany']]
      for (let i = 0; i < 60; i++) {
        const size = `${1 + random.below(9)}Gi`
        const modes = MODES[random.below(3)]!
        const what = random.below(10)
        if (what < 4) world.create(claim(`c${random.below(12)}`, size, modes))
        else if (what < 8) world.create(volume(`v${random.below(12)}`, size, modes, ['Retain', 'Delete'][random.below(2)]))
        else if (what === 8) world.send({ verb: 'delete', resource: 'persistentvolumeclaims', namespace: 'default', name: `c${random.below(12)}` })
        else world.send({ verb: 'delete', resource: 'persistentvolumes', name: `v${random.below(12)}` })
        world.run(random.below(30_000))
        check(world)
      }
      world.run(seconds(40))
      check(world)
      const free = world.volumes().filter((v) => v.status?.phase === 'Available' && v.metadata.deletionTimestamp === undefined)
      for (const c of world.claims()) {
        if (c.status?.phase !== 'Pending') continue
        const fitting = free.filter((v) => compareQuantities(sizeOf(v), requestOf(c)) >= 0 && (c.spec.accessModes ?? []).every((m) => v.spec.accessModes?.includes(m)))
        expect(fitting.map((v) => v.metadata.name), `${c.metadata.name} waits although there is a volume`).toEqual([])
      }
    }
  })

  test('costs nothing once everything is bound, and looks every 15 s at what waits', () => {
    const world = new World(1)
    world.create(volume('v', '5Gi'))
    world.create(claim('c', '5Gi'))
    world.run(seconds(30))
    expect(world.claims()[0]!.status?.phase).toBe('Bound')
    expect(world.engine.queue.peek()).toBeUndefined()
    world.create(claim('late', '5Gi'))
    world.run(seconds(5))
    world.create(volume('w', '5Gi'))
    world.run(seconds(2))
    expect(world.claims().find((c) => c.metadata.name === 'late')!.status?.phase).toBe('Pending')
    world.run(seconds(20))
    expect(world.claims().find((c) => c.metadata.name === 'late')!.status?.phase).toBe('Bound')
  })

  test('a claim whose volume is deleted is lost and stays so', () => {
    const world = new World(1)
    world.create(volume('v', '5Gi'))
    world.run(seconds(1))
    world.create(claim('c', '5Gi'))
    world.run(seconds(2))
    world.send({ verb: 'patch', resource: 'persistentvolumes', name: 'v', patchType: 'merge', body: { metadata: { finalizers: null } } })
    world.send({ verb: 'delete', resource: 'persistentvolumes', name: 'v' })
    world.run(seconds(2))
    expect(world.volumes()).toEqual([])
    expect(world.claims()[0]!.status?.phase).toBe('Lost')
    world.create(volume('v', '5Gi'))
    world.run(seconds(20))
    expect(world.claims()[0]!.status?.phase).toBe('Lost')
  })
})
