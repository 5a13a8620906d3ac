import { at, child, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { goDiff } from '../../api/go-diff.ts'
import { goEqual } from '../../api/go-equal.ts'
import { validateLabelSelector } from '../../api/labels.ts'
import { isQualifiedName } from '../../api/names.ts'
import { compareQuantities, isNegativeQuantity, milliValue, value, type ResourceList } from '../../api/quantity.ts'
import { assignSame } from '../../api/share.ts'
import { claimSpec, type ClaimSpecOptions } from '../../api/validate/claim-spec.ts'
import { immutable } from '../../api/validate-meta.ts'
import type { PersistentVolumeClaimSpec } from '../../api/volume.ts'
import type { PersistentVolumeClaim } from './persistentvolumeclaim.ts'

const CLASS = 'volume.beta.kubernetes.io/storage-class'

export function validateClaim(claim: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = []
  claimSpec(claim.spec, 'spec', out)
  return out
}

/** What the stored claim already has may stay (ValidationOptionsForPersistentVolumeClaim). */
const optionsFor = (old: PersistentVolumeClaimSpec): ClaimSpecOptions => ({
  badApiGroups: Boolean(old.dataSource?.apiGroup || old.dataSourceRef?.apiGroup),
  badSelectorValues: validateLabelSelector(old.selector, '').length > 0,
})

/** May a class given by the old annotation move to the field (validateStorageClassUpgradeFromAnnotation)? */
function fromAnnotation(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const was = old.metadata.annotations?.[CLASS]
  const is = claim.metadata.annotations?.[CLASS]
  return was !== undefined && old.spec.storageClassName === undefined && claim.spec.storageClassName === was && (is === undefined || is === was)
}

/** The new spec with everything that may change set back, to be compared with the old one. */
function comparable(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, out: FieldError[]): PersistentVolumeClaimSpec {
  let next = claim.spec
  if (fromAnnotation(claim, old)) next = assignSame(next, { storageClassName: undefined })
  else {
    const was = old.metadata.annotations?.[CLASS]
    const is = claim.metadata.annotations?.[CLASS]
    if ((is ?? '') !== (was ?? '')) out.push(invalidValue(`metadata.annotations.${CLASS}`, is ?? '', 'field is immutable'))
    const { storageClassName } = claim.spec
    if (storageClassName !== undefined && old.spec.storageClassName === undefined && (was === undefined || was === storageClassName)) {
      next = assignSame(next, { storageClassName: undefined })
    }
  }
  if (claim.status?.phase !== 'Bound') return next
  next = assignSame(next, { volumeAttributesClassName: old.spec.volumeAttributesClassName })
  if (!next.resources?.requests) return next
  const storage = old.spec.resources?.requests?.['storage'] ?? '0'
  return assignSame(next, { resources: { ...next.resources, requests: { ...next.resources.requests, storage } } })
}

/** core/validation: ValidatePersistentVolumeClaimUpdate. */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = []
  claimSpec(claim.spec, 'spec', out, optionsFor(old.spec))
  const next = comparable(claim, old, out)
  const was = old.spec.volumeName ? old.spec : assignSame(old.spec, { volumeName: claim.spec.volumeName })
  if (!goEqual('core.PersistentVolumeClaimSpec', next, was)) {
    const diff = goDiff('core.PersistentVolumeClaimSpec', was, next)
    out.push(forbiddenField('spec', `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diff}`))
  }
  const [newSize, oldSize] = [claim.spec.resources?.requests?.['storage'] ?? '0', old.spec.resources?.requests?.['storage'] ?? '0']
  if (compareQuantities(newSize, oldSize) < 0 && compareQuantities(newSize, old.status?.capacity?.['storage'] ?? '0') <= 0) {
    out.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  }
  immutable(claim.spec.volumeMode, old.spec.volumeMode, 'volumeMode', out)
  attributesClass(claim, old, out)
  return out
}

function attributesClass(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, out: FieldError[]): void {
  const name = claim.spec.volumeAttributesClassName
  if (name === old.spec.volumeAttributesClassName || old.status?.currentVolumeAttributesClassName === undefined) return
  const path = 'spec.volumeAttributesClassName'
  if (name === undefined) out.push(forbiddenField(path, 'update to nil is forbidden when status.currentVolumeAttributesClassName is not nil'))
  else if (name === '') out.push(forbiddenField(path, 'update to empty string is forbidden when status.currentVolumeAttributesClassName is not nil'))
}

const RESIZE_STATUSES = ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending']

/** Which resources a claim may be said to have (validatePersistentVolumeClaimResourceKey). */
function resourceKey(name: string, path: Path, out: FieldError[]): boolean {
  const bad = isQualifiedName(name)
  for (const m of bad) out.push(invalidValue(path, name, m))
  if (bad.length) return false
  const native = !name.includes('/') || name.includes('kubernetes.io/')
  if (native && name !== 'storage') out.push(notSupported(path, name, ['storage']))
  return !native || name === 'storage'
}

function amounts(list: ResourceList | undefined, path: Path, check: (name: string, amount: string) => void): void {
  for (const name of Object.keys(list ?? {}).sort()) check(name, list![name]!)
}

const negative = (amount: string, path: Path): FieldError | undefined => (isNegativeQuantity(amount) ? invalidValue(path, value(amount), 'must be a valid resource quantity') : undefined)

/** core/validation: ValidatePersistentVolumeClaimStatusUpdate. */
export function validateClaimStatus(claim: PersistentVolumeClaim): readonly FieldError[] {
  const out: FieldError[] = []
  const status = claim.status ?? {}
  if (!claim.spec.accessModes?.length) out.push(required('Spec.accessModes'))
  amounts(status.capacity, 'status.capacity', (name, amount) => {
    const bad = negative(amount, at('status.capacity', name))
    if (bad) out.push(bad)
  })
  const statuses = child('status', 'allocatedResourceStatuses')
  for (const name of Object.keys(status.allocatedResourceStatuses ?? {}).sort()) {
    resourceKey(name, statuses, out)
    if (!RESIZE_STATUSES.includes(status.allocatedResourceStatuses![name]!)) out.push(notSupported(statuses, name, RESIZE_STATUSES))
  }
  amounts(status.allocatedResources, 'status.allocatedResources', (name, amount) => {
    const path = at('status.allocatedResources', name)
    if (!resourceKey(name, 'status.allocatedResources', out)) return
    const bad = negative(amount, path)
    if (bad) out.push(bad)
  })
  return out
}

const fraction = (amount: string | undefined, path: Path): readonly string[] =>
  amount !== undefined && milliValue(amount) % 1000 !== 0 ? [`${path}: fractional byte value "${amount}" is invalid, must be an integer`] : []

/** pkg/api/persistentvolumeclaim: GetWarningsForPersistentVolumeClaim. */
export function claimWarnings(claim: PersistentVolumeClaim): readonly string[] {
  const { requests, limits } = claim.spec.resources ?? {}
  return [
    ...(claim.metadata.annotations?.[CLASS] !== undefined ? [`metadata.annotations[${CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`] : []),
    ...fraction(requests?.['storage'], 'spec.resources.requests[storage]'),
    ...fraction(limits?.['storage'], 'spec.resources.limits[storage]'),
  ]
}
