import { forbiddenField, invalidValue, required, type FieldError } from '../../api/field.ts'
import { deepEqual } from '../../api/deep.ts'
import { since } from '../../api/human-duration.ts'
import type { KubeObject } from '../../api/meta.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** snapshot.storage.k8s.io/v1 VolumeSnapshot: the wish for a picture of a claim's volume. */
export interface VolumeSnapshot extends KubeObject {
  readonly spec: { readonly source: { readonly persistentVolumeClaimName?: string; readonly volumeSnapshotContentName?: string }; readonly volumeSnapshotClassName?: string }
  readonly status?: VolumeSnapshotStatus
}

export interface VolumeSnapshotStatus {
  readonly boundVolumeSnapshotContentName?: string
  readonly creationTime?: string
  readonly error?: { readonly message?: string; readonly time?: string }
  readonly readyToUse?: boolean
  readonly restoreSize?: string
}

function validate({ spec }: VolumeSnapshot): readonly FieldError[] {
  const out: FieldError[] = []
  const { persistentVolumeClaimName: claim, volumeSnapshotContentName: content } = spec.source ?? {}
  if ((claim === undefined) === (content === undefined)) out.push(invalidValue('spec.source', spec.source ?? {}, 'exactly one of volumeSnapshotContentName and persistentVolumeClaimName must be set'))
  if (spec.volumeSnapshotClassName === '') out.push(required('spec.volumeSnapshotClassName', 'volumeSnapshotClassName must not be the empty string when set'))
  return out
}

const validateUpdate = (snapshot: VolumeSnapshot, old: VolumeSnapshot): readonly FieldError[] =>
  deepEqual(snapshot.spec.source, old.spec.source) ? validate(snapshot) : [...validate(snapshot), forbiddenField('spec.source', 'the source is immutable')]

export const volumeSnapshotKind = defineKind<VolumeSnapshot>('snapshot.storage.k8s.io', 'v1', 'VolumeSnapshot', {
  addOn: true,
  generation: true,
  validate,
  validateUpdate,
  columns: [
    nameColumn,
    textColumn('ReadyToUse', (s) => (s.status?.readyToUse === undefined ? '' : `${s.status.readyToUse}`)),
    textColumn('SourcePVC', (s) => s.spec.source.persistentVolumeClaimName ?? ''),
    textColumn('SourceSnapshotContent', (s) => s.spec.source.volumeSnapshotContentName ?? ''),
    textColumn('RestoreSize', (s) => s.status?.restoreSize ?? ''),
    textColumn('SnapshotClass', (s) => s.spec.volumeSnapshotClassName ?? ''),
    textColumn('SnapshotContent', (s) => s.status?.boundVolumeSnapshotContentName ?? ''),
    { name: 'CreationTime', type: 'string', cell: (s, now) => (s.status?.creationTime ? since(s.status.creationTime, now) : '') },
    ageColumn,
  ],
})
