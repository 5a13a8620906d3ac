import { invalidValue, type FieldError } from '../../api/field.ts'
import type { KubeObject, ObjectReference } from '../../api/meta.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** snapshot.storage.k8s.io/v1 VolumeSnapshotContent: a picture that a storage system has, or is to take. */
export interface VolumeSnapshotContent extends KubeObject {
  readonly spec: {
    readonly deletionPolicy: 'Delete' | 'Retain'
    readonly driver: string
    readonly source: { readonly snapshotHandle?: string; readonly volumeHandle?: string }
    readonly volumeSnapshotClassName?: string
    readonly volumeSnapshotRef: ObjectReference
  }
  readonly status?: {
    /** Nanoseconds since 1970. */
    readonly creationTime?: number
    readonly error?: { readonly message?: string; readonly time?: string }
    readonly readyToUse?: boolean
    readonly restoreSize?: number
    readonly snapshotHandle?: string
  }
}

function validate({ spec }: VolumeSnapshotContent): readonly FieldError[] {
  const { snapshotHandle, volumeHandle } = spec.source ?? {}
  return (snapshotHandle === undefined) === (volumeHandle === undefined) ? [invalidValue('spec.source', spec.source ?? {}, 'exactly one of volumeHandle and snapshotHandle must be set')] : []
}

export const volumeSnapshotContentKind = defineKind<VolumeSnapshotContent>('snapshot.storage.k8s.io', 'v1', 'VolumeSnapshotContent', {
  addOn: true,
  generation: true,
  validate,
  columns: [
    nameColumn,
    textColumn('ReadyToUse', (c) => (c.status?.readyToUse === undefined ? '' : `${c.status.readyToUse}`)),
    textColumn('RestoreSize', (c) => (c.status?.restoreSize === undefined ? '' : `${c.status.restoreSize}`)),
    textColumn('DeletionPolicy', (c) => c.spec.deletionPolicy),
    textColumn('Driver', (c) => c.spec.driver),
    textColumn('VolumeSnapshotClass', (c) => c.spec.volumeSnapshotClassName ?? ''),
    textColumn('VolumeSnapshot', (c) => c.spec.volumeSnapshotRef.name ?? ''),
    textColumn('VolumeSnapshotNamespace', (c) => c.spec.volumeSnapshotRef.namespace ?? ''),
    ageColumn,
  ],
})
