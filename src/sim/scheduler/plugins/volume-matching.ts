import { compileSelector, matches } from '../../api/labels.ts'
import { value } from '../../api/quantity.ts'
import type { Node } from '../../kinds/node/node.ts'
import { findMatchingVolume as matchingVolume } from '../../client/storage/matching.ts'
import type { Objects } from '../plugin.ts'
import {
  NO_PROVISIONER, classOf, storageClassOf, type CSIDriver, type CSIStorageCapacity, type PersistentVolume, type PersistentVolumeClaim, type StorageClass,
} from '../storage.ts'

export { reaches as nodeReaches } from '../../client/storage/matching.ts'

/** The volume reserved for the claim, or else the smallest of its class that fits and the node reaches (volumebinding, binder.go: findMatchingVolumes). */
export function findMatchingVolume(claim: PersistentVolumeClaim, node: Node, taken: ReadonlySet<string>, objects: Objects): PersistentVolume | undefined {
  const cls = classOf(claim)
  return matchingVolume(claim, objects.list<PersistentVolume>('persistentvolumes').filter((volume) => classOf(volume) === cls), { node }, taken)
}

const allows = (cls: StorageClass, node: Node): boolean =>
  !cls.allowedTopologies?.length ||
  cls.allowedTopologies.some((t) => t.matchLabelExpressions?.length && t.matchLabelExpressions.every((e) => e.values.includes(node.metadata.labels?.[e.key] ?? '')))

/** Could a volume for the claim be made for the node (binder.go: checkVolumeProvisions, hasEnoughCapacity)? */
export function canProvision(claim: PersistentVolumeClaim, node: Node, objects: Objects): 'yes' | 'no' | 'no space' | 'no class' {
  const cls = storageClassOf(objects, classOf(claim))
  if (!cls) return 'no class'
  if (!cls.provisioner || cls.provisioner === NO_PROVISIONER || !allows(cls, node)) return 'no'
  const size = claim.spec.resources?.requests?.['storage']
  if (size === undefined || !objects.get<CSIDriver>('csidrivers', undefined, cls.provisioner)?.spec.storageCapacity) return 'yes'
  const enough = objects.list<CSIStorageCapacity>('csistoragecapacities').some((c) => {
    const limit = c.maximumVolumeSize ?? c.capacity
    const here = c.nodeTopology !== undefined && matches(compileSelector(c.nodeTopology), node.metadata.labels)
    return c.storageClassName === cls.metadata.name && here && limit !== undefined && value(limit) >= value(size)
  })
  return enough ? 'yes' : 'no space'
}
