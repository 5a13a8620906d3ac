import type { KubeObject } from '../../api/meta.ts'
import type { AdmissionPlugin } from './plugin.ts'

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'
const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

type Claim = KubeObject & { readonly spec?: { readonly storageClassName?: string } }

const isDefault = ({ metadata }: KubeObject): boolean => IS_DEFAULT.some((key) => metadata.annotations?.[key] === 'true')

/** Newest first, then by name (pkg/volume/util, storageclass.go: GetDefaultClass). */
function beats(a: KubeObject, b: KubeObject): boolean {
  const [mine = '', theirs = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
  return mine === theirs ? a.metadata.name < b.metadata.name : mine > theirs
}

/** A new claim that names no class gets the default one, if there is one (plugin/pkg/admission/storage/storageclass/setdefault). */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  admit(exec, object, old) {
    const claim = object as Claim
    if (old || claim.spec?.storageClassName !== undefined || claim.metadata.annotations?.[BETA_CLASS] !== undefined) return object
    let best: KubeObject | undefined
    for (const key of exec.store.keys('storageclasses')) {
      const cls = exec.store.get(key)!
      if (isDefault(cls) && (!best || beats(cls, best))) best = cls
    }
    return best ? ({ ...claim, spec: { ...claim.spec, storageClassName: best.metadata.name } } as KubeObject) : object
  },
}
