import { ageColumn, nameColumn, textColumn } from '../define.ts'
import type { Column } from '../definition.ts'
import type { PersistentVolume } from './persistentvolume.ts'
import { accessModesText } from '../../api/volume-modes.ts'

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

/** printers: printPersistentVolume. */
export const persistentVolumeColumns: readonly Column<PersistentVolume>[] = [
  nameColumn,
  textColumn('Capacity', (pv) => pv.spec.capacity?.['storage'] ?? '0'),
  textColumn('Access Modes', (pv) => accessModesText(pv.spec.accessModes)),
  textColumn('Reclaim Policy', (pv) => pv.spec.persistentVolumeReclaimPolicy ?? ''),
  textColumn('Status', (pv) => (pv.metadata.deletionTimestamp ? 'Terminating' : (pv.status?.phase ?? ''))),
  textColumn('Claim', (pv) => (pv.spec.claimRef ? `${pv.spec.claimRef.namespace ?? ''}/${pv.spec.claimRef.name ?? ''}` : '')),
  textColumn('StorageClass', (pv) => pv.metadata.annotations?.[CLASS_ANNOTATION] ?? pv.spec.storageClassName ?? ''),
  textColumn('VolumeAttributesClass', (pv) => pv.spec.volumeAttributesClassName ?? '<unset>'),
  textColumn('Reason', (pv) => pv.status?.reason ?? ''),
  ageColumn,
  textColumn('VolumeMode', (pv) => pv.spec.volumeMode ?? '<unset>', 1),
]
