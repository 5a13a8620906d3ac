import type { KubeObject } from '../../api/meta.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import { CLAIMS, VOLUME_ATTRIBUTES_CLASSES, VOLUMES, type Claim, type PersistentVolume } from '../../client/storage/objects.ts'
import { concernsProtection, protect } from '../../client/storage/protection.ts'

const FINALIZER = 'kubernetes.io/vac-protection'

const classesOfVolume = ({ spec }: PersistentVolume): readonly string[] => (spec.volumeAttributesClassName ? [spec.volumeAttributesClassName] : [])
const classesOfClaim = ({ spec, status }: Claim): readonly string[] => {
  const names = [spec.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName]
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as readonly string[]
}

/** The classes that were let go of. */
function left(ctx: HandlerContext, before: readonly string[], after: readonly string[]): void {
  for (const name of before) if (!after.includes(name)) ctx.enqueue(name)
}

const classHeard = (ctx: HandlerContext, cls: KubeObject): void => {
  if (concernsProtection(cls, FINALIZER)) ctx.enqueue(cls.metadata.name)
}

/** A VolumeAttributesClass that a claim or a volume names does not go (kube-controller-manager: volume/vacprotection). */
export const volumeAttributesClassProtection: Controller = {
  name: 'volumeattributesclass-protection-controller',
  workers: 1,
  watches: [
    { resource: VOLUME_ATTRIBUTES_CLASSES, onAdd: classHeard, onUpdate: (ctx, _old: KubeObject, cls: KubeObject) => classHeard(ctx, cls) },
    {
      resource: VOLUMES,
      indexes: { attributesClass: classesOfVolume },
      onUpdate: (ctx, old: PersistentVolume, volume: PersistentVolume) => left(ctx, classesOfVolume(old), classesOfVolume(volume)),
      onDelete: (ctx, volume: PersistentVolume) => left(ctx, classesOfVolume(volume), []),
    },
    {
      resource: CLAIMS,
      indexes: { attributesClass: classesOfClaim },
      onUpdate: (ctx, old: Claim, claim: Claim) => left(ctx, classesOfClaim(old), classesOfClaim(claim)),
      onDelete: (ctx, claim: Claim) => left(ctx, classesOfClaim(claim), []),
    },
  ],
  reconcile: (ctx, name) =>
    retrying(() => {
      const cls = ctx.lister<KubeObject>('volumeattributesclasses').get(undefined, name)
      const isUsed = (): boolean => ['persistentvolumes', 'persistentvolumeclaims'].some((plural) => ctx.lister<KubeObject>(plural).by('attributesClass', name).length > 0)
      if (cls) protect(ctx, VOLUME_ATTRIBUTES_CLASSES, cls, FINALIZER, isUsed)
    }),
}
