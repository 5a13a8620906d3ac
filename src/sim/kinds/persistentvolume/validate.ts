import { semanticEqual } from '../../api/deep.ts'
import { at, child, forbiddenField, invalidValue, type FieldError } from '../../api/field.ts'
import { goDiff } from '../../api/go-diff.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import { PERSISTENT_SOURCES, type PersistentVolumeSpec } from '../../api/persistent-volume.ts'
import { immutable } from '../../api/validate-meta.ts'
import { badSelectorValues } from '../../api/validate/affinity.ts'
import { deprecatedNodeLabel } from '../../api/validate/node-labels.ts'
import { persistentVolumeSpec } from '../../api/validate/persistent-spec.ts'
import type { PersistentVolume } from './persistentvolume.ts'

const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options'
const CLASS = 'volume.beta.kubernetes.io/storage-class'
/** Sources whose mount options may be given by the old annotation (pkg/volume/validation). */
const MOUNTABLE = [
  'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'nfs', 'rbd', 'quobyte', 'iscsi', 'cinder', 'cephfs', 'azureFile', 'vsphereVolume', 'azureDisk', 'photonPersistentDisk',
] as const

function checkSpec(pv: PersistentVolume, old: PersistentVolume | undefined): FieldError[] {
  const out: FieldError[] = []
  const terms = old?.spec.nodeAffinity?.required?.nodeSelectorTerms
  persistentVolumeSpec(pv.spec, 'spec', { name: pv.metadata.name, badAffinityValues: badSelectorValues(terms) }, out)
  return out
}

function mountOptions(pv: PersistentVolume, out: FieldError[]): void {
  if (pv.metadata.annotations?.[MOUNT_OPTIONS] === undefined || MOUNTABLE.some((name) => pv.spec[name] !== undefined)) return
  out.push(forbiddenField(`metadata.annotations.${MOUNT_OPTIONS}`, 'may not specify mount options for this volume type'))
}

/** core/validation: ValidatePersistentVolume. */
export function validatePersistentVolume(pv: PersistentVolume): readonly FieldError[] {
  const out = checkSpec(pv, undefined)
  mountOptions(pv, out)
  return out
}

const sourceOf = (spec: PersistentVolumeSpec): Readonly<Record<string, unknown>> => Object.fromEntries(PERSISTENT_SOURCES.filter((n) => spec[n] !== undefined).map((n) => [n, spec[n]]))

/** The secret for expanding may be added once. */
function withoutNewExpandSecret(spec: PersistentVolumeSpec, was: PersistentVolumeSpec): PersistentVolumeSpec {
  if (!spec.csi?.controllerExpandSecretRef || !was.csi || was.csi.controllerExpandSecretRef) return spec
  const { controllerExpandSecretRef: _added, ...csi } = spec.csi
  return { ...spec, csi }
}

/** core/validation: ValidatePersistentVolumeUpdate. The strategy checks the volume itself twice. */
export function validatePersistentVolumeUpdate(pv: PersistentVolume, old: PersistentVolume): readonly FieldError[] {
  const own = checkSpec(pv, old)
  const out = [...own]
  mountOptions(pv, out)
  out.push(...own)
  const spec = withoutNewExpandSecret(pv.spec, old.spec)
  const [next, was] = [sourceOf(spec), sourceOf(old.spec)]
  if (!goEqual('core.PersistentVolumeSource', next, was)) {
    const diff = goDiff('core.PersistentVolumeSource', was, next)
    out.push(forbiddenField('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${diff}`))
  }
  immutable(spec.volumeMode, old.spec.volumeMode, 'volumeMode', out)
  if (old.spec.nodeAffinity) affinityUpdate(pv, old, out)
  if (old.spec.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    out.push(forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'))
  }
  return out
}

/** Labels that may be renamed in place, because their beta names are gone (validatePvNodeAffinity). */
const RENAMED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}

function affinityUpdate(pv: PersistentVolume, old: PersistentVolume, out: FieldError[]): void {
  const terms = old.spec.nodeAffinity?.required?.nodeSelectorTerms
  const next = pv.spec.nodeAffinity?.required?.nodeSelectorTerms
  const renamed = terms?.map((t, i) => ({
    ...t,
    matchExpressions: t.matchExpressions?.map((e, j) => {
      // Kubernetes' lookup gives '' for other labels, so a key may also be emptied.
      const key = RENAMED[e.key] ?? ''
      return next?.[i]?.matchExpressions?.[j]?.key === key ? { ...e, key } : e
    }),
  }))
  const expected = renamed ? { required: { ...old.spec.nodeAffinity!.required, nodeSelectorTerms: renamed } } : old.spec.nodeAffinity
  if (semanticEqual(pv.spec.nodeAffinity, expected) || semanticEqual(pv.spec.nodeAffinity, old.spec.nodeAffinity)) return
  const shown = pv.spec.nodeAffinity ? goInternal('core.VolumeNodeAffinity', pv.spec.nodeAffinity) : null
  out.push(invalidValue('nodeAffinity', shown, 'field is immutable, except for updating from beta label to GA'))
}

const DEPRECATED: readonly (readonly [keyof PersistentVolumeSpec, string, string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** pkg/api/persistentvolume: warningsForPersistentVolumeSpecAndMeta. */
export function persistentVolumeWarnings(pv: PersistentVolume): readonly string[] {
  const out: string[] = []
  const { annotations } = pv.metadata
  if (annotations?.[CLASS] !== undefined) out.push(`${at('metadata.annotations', CLASS)}: deprecated since v1.8; use "storageClassName" attribute instead`)
  if (annotations?.[MOUNT_OPTIONS] !== undefined) out.push(`${at('metadata.annotations', MOUNT_OPTIONS)}: deprecated since v1.31; use "mountOptions" attribute instead`)
  if (pv.spec.persistentVolumeReclaimPolicy === 'Recycle') {
    out.push('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.')
  }
  pv.spec.nodeAffinity?.required?.nodeSelectorTerms?.forEach((t, i) =>
    t.matchExpressions?.forEach((e, j) => {
      const text = deprecatedNodeLabel(e.key)
      if (text) out.push(`${child(at(`${at('spec.nodeAffinity.required.nodeSelectorTerms', i)}.matchExpressions`, j), 'key')}: ${e.key} is ${text}`)
    }),
  )
  for (const [source, shown, text] of DEPRECATED) if (pv.spec[source] !== undefined) out.push(`spec.${shown}: ${text}`)
  return out
}
