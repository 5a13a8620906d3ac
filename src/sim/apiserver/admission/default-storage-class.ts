import type { KubeObject } from '../../api/meta.ts'
import { defaultClass } from './default-class.ts'
import type { AdmissionPlugin } from './plugin.ts'

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'
const IS_DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

type Claim = KubeObject & { readonly spec?: { readonly storageClassName?: string } }

/** A new claim that names no class gets the default one, if there is one (plugin/pkg/admission/storage/storageclass/setdefault; volume/util: GetDefaultClass). */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  admit(exec, object, old) {
    const claim = object as Claim
    if (old || claim.spec?.storageClassName !== undefined || claim.metadata.annotations?.[BETA_CLASS] !== undefined) return object
    const best = defaultClass(exec, 'storageclasses', IS_DEFAULT)
    return best ? ({ ...claim, spec: { ...claim.spec, storageClassName: best.metadata.name } } as KubeObject) : object
  },
}
