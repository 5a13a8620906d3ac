import type { KubeObject } from '../../api/meta.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** snapshot.storage.k8s.io/v1 VolumeSnapshotClass: by which driver, and what becomes of the picture when the snapshot goes. */
export interface VolumeSnapshotClass extends KubeObject {
  readonly deletionPolicy: 'Delete' | 'Retain'
  readonly driver: string
  readonly parameters?: Readonly<Record<string, string>>
}

export const volumeSnapshotClassKind = defineKind<VolumeSnapshotClass>('snapshot.storage.k8s.io', 'v1', 'VolumeSnapshotClass', {
  addOn: true,
  generation: true,
  columns: [nameColumn, textColumn('Driver', (c) => c.driver), textColumn('DeletionPolicy', (c) => c.deletionPolicy), ageColumn],
})
