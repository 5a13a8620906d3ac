import type { ResourceSchema } from './schema.ts'

/**
 * Kinds that are not Kubernetes' own but that every cluster with snapshots has: CustomResourceDefinitions of the external
 * snapshotter (kubernetes-csi/external-snapshotter, client/config/crd), served here as if they were built in. Fields in the codes of
 * field-code.ts.
 */
interface Raw {
  readonly f: Readonly<Record<string, string>>
  readonly r?: readonly string[]
}

const GROUP = 'snapshot.storage.k8s.io'
const whole = (name: string, more: Readonly<Record<string, string>>, required: readonly string[]): Raw => ({
  f: { apiVersion: 's', kind: 's', metadata: '@meta.v1.ObjectMeta|R', ...more, ...(name === 'Class' ? {} : { spec: `@snapshot.v1.${name}Spec|R`, status: `@snapshot.v1.${name}Status` }) },
  r: required,
})

export const ADD_ON_DEFINITIONS: Readonly<Record<string, Raw>> = {
  'snapshot.v1.VolumeSnapshot': whole('VolumeSnapshot', {}, ['spec']),
  'snapshot.v1.VolumeSnapshotSpec': { f: { source: '@snapshot.v1.VolumeSnapshotSource|R', volumeSnapshotClassName: 's|P' }, r: ['source'] },
  'snapshot.v1.VolumeSnapshotSource': { f: { persistentVolumeClaimName: 's|P', volumeSnapshotContentName: 's|P' } },
  'snapshot.v1.VolumeSnapshotStatus': {
    f: {
      boundVolumeSnapshotContentName: 's|P', creationTime: 't|P', error: '@snapshot.v1.VolumeSnapshotError|P', readyToUse: 'b|P', restoreSize: 'q|P', volumeGroupSnapshotName: 's|P',
    },
  },
  'snapshot.v1.VolumeSnapshotError': { f: { message: 's|P', time: 't|P' } },
  'snapshot.v1.VolumeSnapshotContent': whole('VolumeSnapshotContent', {}, ['spec']),
  'snapshot.v1.VolumeSnapshotContentSpec': {
    f: {
      deletionPolicy: 's|e=Delete,Retain|R', driver: 's|R', source: '@snapshot.v1.VolumeSnapshotContentSource|R', sourceVolumeMode: 's|P', volumeSnapshotClassName: 's|P',
      volumeSnapshotRef: '@core.v1.ObjectReference|R',
    },
    r: ['deletionPolicy', 'driver', 'source', 'volumeSnapshotRef'],
  },
  'snapshot.v1.VolumeSnapshotContentSource': { f: { snapshotHandle: 's|P', volumeHandle: 's|P' } },
  'snapshot.v1.VolumeSnapshotContentStatus': {
    f: {
      creationTime: 'i64|P', error: '@snapshot.v1.VolumeSnapshotError|P', readyToUse: 'b|P', restoreSize: 'i64|P', snapshotHandle: 's|P', volumeGroupSnapshotHandle: 's|P',
    },
  },
  'snapshot.v1.VolumeSnapshotClass': whole('Class', { deletionPolicy: 's|e=Delete,Retain|R', driver: 's|R', parameters: '{}s' }, ['deletionPolicy', 'driver']),
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

const resource = (kind: string, shortNames: readonly string[], namespaced: boolean, status: boolean): ResourceSchema => {
  const singular = kind.toLowerCase()
  return {
    group: GROUP, version: 'v1', kind, plural: kind.endsWith('ss') ? `${singular}es` : `${singular}s`, singular, shortNames, categories: [], namespaced, verbs: VERBS,
    subresources: status ? [{ name: 'status', verbs: ['get', 'patch', 'update'], kind, apiVersion: `${GROUP}/v1` }] : [], definition: `snapshot.v1.${kind}`,
  }
}

export const ADD_ON_RESOURCES: readonly ResourceSchema[] = [
  resource('VolumeSnapshotClass', ['vsclass', 'vsclasses'], false, false),
  resource('VolumeSnapshotContent', ['vsc', 'vscs'], false, true),
  resource('VolumeSnapshot', ['vs'], true, true),
]
