import type { VolumeChoice } from '../../workers/protocol.ts'
import { CRITERIA, explainChoice } from '../client/storage/matching.ts'
import { classOf, SELECTED_NODE, waitsForConsumer, type Claim, type PersistentVolume, type StorageClass } from '../client/storage/objects.ts'
import type { Node } from '../kinds/node/node.ts'
import type { Store } from '../store/store.ts'

/** The table for a claim by its store key ("persistentvolumeclaims/default/data"); null for what is no claim. */
export function volumeChoice(store: Store, key: string): VolumeChoice | null {
  const claim = store.get(key) as Claim | undefined
  if (claim?.kind !== 'PersistentVolumeClaim') return null
  const volumes = store.keys('persistentvolumes').map((k) => store.get(k) as PersistentVolume)
  const cls = store.get(`storageclasses/${classOf(claim)}`) as StorageClass | undefined
  const selected = claim.metadata.annotations?.[SELECTED_NODE]
  const node = selected ? (store.get(`nodes/${selected}`) as Node | undefined) : undefined
  const waits = waitsForConsumer(cls)
  const { chosen, rows } = explainChoice(claim, volumes, { waits, ...(node ? { node } : {}) })
  const bound = claim.status?.phase === 'Bound' && claim.spec.volumeName === chosen
  const provisioner = cls?.provisioner === 'kubernetes.io/no-provisioner' ? undefined : cls?.provisioner
  const lost = claim.status?.phase === 'Lost'
  const otherwise = lost ? 'lost' : chosen ? undefined : waits && !selected ? 'waits-for-pod' : provisioner ? 'made' : 'waits'
  return { criteria: CRITERIA, chosen, bound, rows, otherwise, provisioner }
}
