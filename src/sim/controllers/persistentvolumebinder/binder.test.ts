import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { requestOf, sizeOf, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { minutes, seconds } from '../../engine/time.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { persistentVolumeBinder } from './index.ts'

class World extends SmallWorld {
  constructor(seed: number) {
    super([persistentVolumeBinder], seed)
  }

  claims(): readonly Claim[] {
    return this.list<Claim>('persistentvolumeclaims')
  }

  volumes(): readonly PersistentVolume[] {
    return this.list<PersistentVolume>('persistentvolumes')
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
        else if (what === 8) world.remove('persistentvolumeclaims', `c${random.below(12)}`)
        else world.remove('persistentvolumes', `v${random.below(12)}`)
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
    expect(world.idle).toBeGreaterThan(minutes(30))
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
    world.patch('persistentvolumes', 'v', { metadata: { finalizers: null } })
    world.remove('persistentvolumes', 'v')
    world.run(seconds(2))
    expect(world.volumes()).toEqual([])
    expect(world.claims()[0]!.status?.phase).toBe('Lost')
    world.create(volume('v', '5Gi'))
    world.run(seconds(20))
    expect(world.claims()[0]!.status?.phase).toBe('Lost')
  })
})
