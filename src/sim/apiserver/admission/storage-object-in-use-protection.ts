import type { AdmissionPlugin } from './plugin.ts'

/** What keeps a volume, a claim or an attributes class that is in use from going, by plural. */
const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
}

/** Gives new storage objects the finalizer of their protection controller (plugin/pkg/admission/storage: storageobjectinuseprotection). */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(FINALIZERS),
  admit(exec, object, old) {
    if (old) return object
    const finalizer = FINALIZERS[exec.kind.plural]!
    const { finalizers = [] } = object.metadata
    return finalizers.includes(finalizer) ? object : { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
  },
}
