import { expect, test } from 'vitest'
import type { KubeObject, OwnerReference } from '../../api/meta.ts'
import { CONFIG_MAPS, remove, type Propagation } from '../../client/request.ts'
import { minutes, ms } from '../../engine/time.ts'
import { Dice } from '../soak/dice.ts'
import { make, world } from './world.ts'

/** An object of the test with its owners (by number), and whether it was deleted or lost a reference by orphaning. */
interface Model {
  readonly owners: Set<number>
  readonly hadOwners: boolean
  gone: boolean
}

test.each(Array.from({ length: 12 }, (_, i) => 500 + i))('after deletions in every way nothing is left that only gone objects own, and nothing else has gone (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const cluster = world(seed, 1)
  const models: Model[] = []
  const made: KubeObject[] = []
  const count = 8 + dice.below(12)
  for (let i = 0; i < count; i++) {
    const owners = new Set<number>()
    for (let n = dice.below(3); n > 0 && i > 0; n--) owners.add(dice.below(i))
    const ownerReferences = [...owners].map((o): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: `c${o}`, uid: made[o]!.metadata.uid!, ...(dice.oneIn(2) ? { blockOwnerDeletion: true } : {}) }))
    made.push(make(cluster, CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${i}`, ownerReferences } }))
    models.push({ owners, hadOwners: owners.size > 0, gone: false })
    cluster.runFor(ms(dice.below(300)))
  }
  cluster.runFor(minutes(1))
  for (let n = 3; n > 0; n--) {
    const target = dice.below(count)
    const propagationPolicy: Propagation = dice.pick(['Background', 'Foreground', 'Orphan'])
    cluster.request(remove(CONFIG_MAPS, made[target]!, { propagationPolicy }))
    if (!models[target]!.gone) forget(models, target, propagationPolicy === 'Orphan')
    cluster.runFor(dice.oneIn(2) ? minutes(1) : minutes(2))
  }
  cluster.runFor(minutes(5))
  const left = cluster.list('configmaps', 'default').map((o) => o.metadata.name).filter((name) => /^c\d+$/.test(name))
  expect(left.toSorted()).toEqual(models.flatMap(({ gone }, i) => (gone ? [] : [`c${i}`])).toSorted())
})

/** The object goes; its dependents lose the reference or, when it was their last living owner, go as well. */
function forget(models: Model[], target: number, orphan: boolean): void {
  models[target]!.gone = true
  models.forEach((model, i) => {
    if (model.gone || !model.owners.delete(target)) return
    if (!orphan && model.owners.size === 0) forget(models, i, false)
  })
}
