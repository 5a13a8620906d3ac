import { roundedUp } from '../../api/resource-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { accessModesText } from '../../api/volume-modes.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import { preparedSources, withGroups } from './data-source.ts'
import type { PersistentVolumeClaim } from './persistentvolumeclaim.ts'
import { claimWarnings, validateClaim, validateClaimStatus, validateClaimUpdate } from './validate.ts'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

/** v1 PersistentVolumeClaim (registry/core/persistentvolumeclaim: strategy.go). */
export const persistentVolumeClaimKind = defineKind<PersistentVolumeClaim>('', 'v1', 'PersistentVolumeClaim', {
  defaults(claim) {
    const spec = withGroups(claim.spec ?? {})
    const resources = spec.resources ?? {}
    return assignSame(claim, {
      spec: assignSame(spec, {
        volumeMode: spec.volumeMode ?? 'Filesystem',
        resources: assignSame(resources, { limits: roundedUp(resources.limits), requests: roundedUp(resources.requests) }),
      }),
      status: claim.status?.phase ? claim.status : { ...claim.status, phase: 'Pending' },
    })
  },
  prepareCreate: (claim) => ({ ...claim, spec: preparedSources(claim.spec), status: { phase: 'Pending' } }),
  prepareUpdate: (claim, old) => assignSame(claim, { spec: preparedSources(claim.spec, old.spec) }),
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatus,
  warnings: claimWarnings,
  columns: [
    nameColumn,
    textColumn('Status', (c) => (c.metadata.deletionTimestamp ? 'Terminating' : (c.status?.phase ?? ''))),
    textColumn('Volume', (c) => c.spec.volumeName ?? ''),
    textColumn('Capacity', (c) => (c.spec.volumeName ? (c.status?.capacity?.['storage'] ?? '0') : '')),
    textColumn('Access Modes', (c) => (c.spec.volumeName ? accessModesText(c.status?.accessModes) : '')),
    textColumn('StorageClass', (c) => c.metadata.annotations?.[CLASS_ANNOTATION] ?? c.spec.storageClassName ?? ''),
    textColumn('VolumeAttributesClass', (c) => c.spec.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    textColumn('VolumeMode', (c) => c.spec.volumeMode ?? '<unset>', 1),
  ],
  selectableFields: (c) => ({ name: c.metadata.name }),
})
