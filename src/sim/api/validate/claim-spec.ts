import { at, child, forbiddenField, invalidValue, notSupported, required, type Path } from '../field.ts'
import { validateLabelSelector } from '../labels.ts'
import { isDns1123Label, isDns1123Subdomain } from '../names.ts'
import { compareQuantities } from '../quantity.ts'
import type { PersistentVolumeClaimSpec, TypedObjectReference } from '../volume.ts'
import { named, type Errors } from './simple.ts'

export const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
export const VOLUME_MODES: readonly string[] = ['Block', 'Filesystem']

/** Access modes of a volume or a claim: known ones, and ReadWriteOncePod only by itself. */
export function accessModes(modes: readonly string[] | undefined, path: Path, out: Errors): void {
  const list = modes ?? []
  for (const m of list) if (!ACCESS_MODES.includes(m)) out.push(notSupported(path, m, ACCESS_MODES))
  if (list.includes('ReadWriteOncePod') && list.some((m) => m !== 'ReadWriteOncePod' && ACCESS_MODES.includes(m))) {
    out.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'))
  }
}

/** What an update may leave as it was, because the stored object was already like that. */
export interface ClaimSpecOptions {
  readonly badSelectorValues?: boolean
  readonly badApiGroups?: boolean
}

function dataSource(s: TypedObjectReference, path: Path, options: ClaimSpecOptions, out: Errors): void {
  if (!s.name) out.push(required(child(path, 'name')))
  if (!s.kind) out.push(required(child(path, 'kind')))
  const group = s.apiGroup ?? ''
  if (!group && s.kind !== 'PersistentVolumeClaim') out.push(invalidValue(path, s.kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
  if (group && !options.badApiGroups) named(isDns1123Subdomain, group, child(path, 'apiGroup'), out)
  if (s.namespace) named(isDns1123Label, s.namespace, child(path, 'namespace'), out)
}

/** Go prints a field path as its struct when it is the value: Kubernetes passes one here. */
const printedPath = {}

function dataSources(spec: PersistentVolumeClaimSpec, path: Path, options: ClaimSpecOptions, out: Errors): void {
  const { dataSource: plain, dataSourceRef: ref } = spec
  if (plain) dataSource(plain, child(path, 'dataSource'), options, out)
  if (ref) dataSource(ref, child(path, 'dataSourceRef'), options, out)
  if (!plain || !ref) return
  if (ref.namespace) out.push(invalidValue(path, printedPath, 'may not be specified when dataSourceRef.namespace is specified'))
  else if (plain.apiGroup !== ref.apiGroup || plain.kind !== ref.kind || plain.name !== ref.name) out.push(invalidValue(path, printedPath, 'must match dataSourceRef'))
}

/** core/validation: ValidatePersistentVolumeClaimSpec. */
export function claimSpec(spec: PersistentVolumeClaimSpec, path: Path, out: Errors, options: ClaimSpecOptions = {}): void {
  const modesPath = child(path, 'accessModes')
  if (!spec.accessModes?.length) out.push(required(modesPath, 'at least 1 access mode is required'))
  out.push(...validateLabelSelector(spec.selector, child(path, 'selector'), options.badSelectorValues))
  accessModes(spec.accessModes, modesPath, out)
  const storage = spec.resources?.requests?.['storage']
  const storagePath = at(child(path, 'resources'), 'storage')
  if (storage === undefined) out.push(required(storagePath))
  else if (compareQuantities(storage, '0') <= 0) out.push(invalidValue(storagePath, storage, 'must be greater than zero'))
  if (spec.storageClassName) named(isDns1123Subdomain, spec.storageClassName, child(path, 'storageClassName'), out)
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) out.push(notSupported(child(path, 'volumeMode'), spec.volumeMode, VOLUME_MODES))
  dataSources(spec, path, options, out)
  if (spec.volumeAttributesClassName) named(isDns1123Subdomain, spec.volumeAttributesClassName, child(path, 'volumeAttributesClassName'), out)
}
