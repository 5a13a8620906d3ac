import type { ControllerContext } from '../../client/controller.ts'
import { update } from '../../client/request.ts'
import { csiNameOf, isInTreeName } from '../../client/storage/in-tree.ts'
import { BETA_PROVISIONER, CLAIMS, MIGRATED_TO, PROVISIONED_BY, PROVISIONER, VOLUMES, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { CLAIM_MEMORY, save, VOLUME_MEMORY } from './memory.ts'

type Annotations = Readonly<Record<string, string>>

const IN_TREE_FINALIZER = 'kubernetes.io/pv-controller'
const EXTERNAL_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'

/** The annotations with the driver to which an in-tree plugin's work has gone; the same reference when nothing changes. */
export function withMigration(annotations: Annotations | undefined, provisioner: string | undefined): Annotations | undefined {
  if (!annotations || provisioner === undefined) return annotations
  const driver = csiNameOf(provisioner)
  if (driver === annotations[MIGRATED_TO]) return annotations
  if (driver !== undefined) return { ...annotations, [MIGRATED_TO]: driver }
  const { [MIGRATED_TO]: _gone, ...rest } = annotations
  return rest
}

/** The claim with its migration annotation written (pv_controller_base.go: updateClaimMigrationAnnotations). */
export function migratedClaim(ctx: ControllerContext, claim: Claim): Claim {
  const { annotations } = claim.metadata
  const next = withMigration(annotations, annotations?.[PROVISIONER] ?? annotations?.[BETA_PROVISIONER])
  return next === annotations ? claim : save(ctx, CLAIM_MEMORY, update(CLAIMS, { ...claim, metadata: { ...claim.metadata, annotations: next } }))
}

/** The volume with annotation and deletion finalizers as its provisioner wants them (updateVolumeMigrationAnnotationsAndFinalizers). */
export function migratedVolume(ctx: ControllerContext, volume: PersistentVolume): PersistentVolume {
  const { annotations, finalizers } = volume.metadata
  const next = withMigration(annotations, annotations?.[PROVISIONED_BY])
  const guarded = deletionFinalizers(volume)
  if (next === annotations && guarded === finalizers) return volume
  return save(ctx, VOLUME_MEMORY, update(VOLUMES, { ...volume, metadata: { ...volume.metadata, annotations: next, finalizers: guarded } }))
}

function deletionFinalizers({ metadata, spec }: PersistentVolume): readonly string[] | undefined {
  const provisioner = metadata.annotations?.[PROVISIONED_BY]
  if (provisioner === undefined) return metadata.finalizers
  const own = metadata.finalizers ?? []
  const without = (list: readonly string[], finalizer: string): readonly string[] => (list.includes(finalizer) ? list.filter((f) => f !== finalizer) : list)
  let next: readonly string[] = own
  if (csiNameOf(provisioner)) next = without(own, IN_TREE_FINALIZER)
  else if (isInTreeName(provisioner)) {
    next = without(own, EXTERNAL_FINALIZER)
    if (spec.persistentVolumeReclaimPolicy !== 'Delete') next = without(next, IN_TREE_FINALIZER)
    else if (!next.includes(IN_TREE_FINALIZER)) next = [...next, IN_TREE_FINALIZER]
  }
  return next === own ? metadata.finalizers : next
}
