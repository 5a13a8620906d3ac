import { defineKind } from '../define.ts'
import { persistentVolumeColumns } from './columns.ts'
import { defaultVolume } from './defaults.ts'
import type { PersistentVolume } from './persistentvolume.ts'
import { persistentVolumeWarnings, validatePersistentVolume, validatePersistentVolumeUpdate } from './validate.ts'

/** v1 PersistentVolume (registry/core/persistentvolume: strategy.go). */
export const persistentVolumeKind = defineKind<PersistentVolume>('', 'v1', 'PersistentVolume', {
  defaults: defaultVolume,
  prepareCreate: (pv) => ({ ...pv, status: { phase: 'Pending', lastPhaseTransitionTime: pv.metadata.creationTimestamp } }),
  prepareStatusUpdate(pv, old, now) {
    const status = pv.status ?? {}
    const before = old.status?.lastPhaseTransitionTime
    const kept = { ...old, metadata: pv.metadata }
    if (old.status?.phase === status.phase) return { ...kept, status: status.lastPhaseTransitionTime === undefined && before !== undefined ? { ...status, lastPhaseTransitionTime: before } : status }
    const untouched = status.lastPhaseTransitionTime === undefined || status.lastPhaseTransitionTime === before
    return { ...kept, status: untouched && now !== undefined ? { ...status, lastPhaseTransitionTime: now } : status }
  },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  warnings: persistentVolumeWarnings,
  columns: persistentVolumeColumns,
  selectableFields: (pv) => ({ name: pv.metadata.name }),
})
