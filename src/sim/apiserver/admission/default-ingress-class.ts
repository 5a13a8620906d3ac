import type { KubeObject } from '../../api/meta.ts'
import { defaultClass } from './default-class.ts'
import type { AdmissionPlugin } from './plugin.ts'

const IS_DEFAULT = ['ingressclass.kubernetes.io/is-default-class']
const LEGACY = 'kubernetes.io/ingress.class'

type Ingress = KubeObject & { readonly spec?: { readonly ingressClassName?: string } }

/** A new ingress that names no class gets the newest default one (plugin/pkg/admission/network/defaultingressclass). */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses'],
  admit(exec, object, old) {
    const ingress = object as Ingress
    if (old || ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[LEGACY] !== undefined) return object
    const best = defaultClass(exec, 'ingressclasses', IS_DEFAULT)
    return best ? ({ ...ingress, spec: { ...ingress.spec, ingressClassName: best.metadata.name } } as KubeObject) : object
  },
}
