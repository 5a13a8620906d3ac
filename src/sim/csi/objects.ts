import type { KubeObject } from '../api/meta.ts'
import { DISK_DRIVER, STANDARD_CLASS } from './names.ts'

/** What installing the driver brings: itself, its class, and the rights of its sidecars. */
export const CSI_OBJECTS: readonly KubeObject[] = [
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: DISK_DRIVER },
    spec: { attachRequired: true, podInfoOnMount: false, storageCapacity: true, volumeLifecycleModes: ['Persistent'], fsGroupPolicy: 'ReadWriteOnceWithFSType' },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STANDARD_CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: DISK_DRIVER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  } as KubeObject,
  {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name: STANDARD_CLASS, annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } },
    driver: DISK_DRIVER,
    deletionPolicy: 'Delete',
  } as KubeObject,
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'csi-controller' },
    rules: [
      { apiGroups: [''], resources: ['persistentvolumes', 'persistentvolumeclaims', 'persistentvolumeclaims/status', 'nodes', 'nodes/status', 'events', 'pods'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] },
      { apiGroups: ['storage.k8s.io'], resources: ['storageclasses', 'csinodes', 'csidrivers', 'volumeattachments', 'volumeattachments/status', 'csistoragecapacities'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] },
      { apiGroups: ['snapshot.storage.k8s.io'], resources: ['*'], verbs: ['*'] },
    ],
  } as KubeObject,
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'csi-controller' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'csi-controller' },
    subjects: ['csi-provisioner', 'csi-capacity', 'csi-attacher', 'csi-resizer', 'csi-snapshotter', 'snapshot-controller', 'csi-node-driver-registrar', 'csi-controller', 'volume-manager'].map((name) => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })),
  } as KubeObject,
]
