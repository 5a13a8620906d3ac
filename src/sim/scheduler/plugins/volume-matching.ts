import { compileSelector, matches } from '../../api/labels.ts'
import { compareQuantities, value } from '../../api/quantity.ts'
import type { Node } from '../../kinds/node/node.ts'
import { nodeSelectorMatches } from '../../client/node-selector.ts'
import type { Objects } from '../plugin.ts'
import {
  NO_PROVISIONER, classOf, storageClassOf, type CSIDriver, type CSIStorageCapacity, type PersistentVolume, type PersistentVolumeClaim, type StorageClass,
} from '../storage.ts'

/** Does the volume's node affinity let it be used on the node? */
export const nodeReaches = (volume: PersistentVolume, node: Node): boolean =>
  volume.spec.nodeAffinity?.required === undefined || nodeSelectorMatches(volume.spec.nodeAffinity.required, node)

function isFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const ref = volume.spec.claimRef
  return ref?.name === claim.metadata.name && ref.namespace === claim.metadata.namespace && (!ref.uid || ref.uid === claim.metadata.uid)
}

const sizeOf = (volume: PersistentVolume): string => volume.spec.capacity?.['storage'] ?? '0'

function couldHold(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  if (volume.spec.claimRef && !isFor(volume, claim)) return false
  if (compareQuantities(sizeOf(volume), claim.spec.resources?.requests?.['storage'] ?? '0') < 0) return false
  if ((claim.spec.volumeMode ?? 'Filesystem') !== (volume.spec.volumeMode ?? 'Filesystem')) return false
  if ((claim.spec.volumeAttributesClassName ?? '') !== (volume.spec.volumeAttributesClassName ?? '')) return false
  return volume.metadata.deletionTimestamp === undefined
}

function isOpenTo(volume: PersistentVolume, claim: PersistentVolumeClaim, node: Node): boolean {
  if (volume.status?.phase !== 'Available' || !nodeReaches(volume, node)) return false
  if (claim.spec.selector && !matches(compileSelector(claim.spec.selector), volume.metadata.labels)) return false
  return (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode))
}

/** The volume reserved for the claim, or else the smallest that fits and the node reaches (component-helpers: FindMatchingVolume). */
export function findMatchingVolume(claim: PersistentVolumeClaim, node: Node, taken: ReadonlySet<string>, objects: Objects): PersistentVolume | undefined {
  let best: PersistentVolume | undefined
  for (const volume of objects.list<PersistentVolume>('persistentvolumes')) {
    if (classOf(volume) !== classOf(claim) || taken.has(volume.metadata.name) || !couldHold(volume, claim)) continue
    if (isFor(volume, claim)) return nodeReaches(volume, node) ? volume : undefined
    if (isOpenTo(volume, claim, node) && (!best || compareQuantities(sizeOf(best), sizeOf(volume)) > 0)) best = volume
  }
  return best
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
