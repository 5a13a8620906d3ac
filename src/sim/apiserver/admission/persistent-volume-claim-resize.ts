import type { KubeObject } from '../../api/meta.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { forbidden } from '../../api/status.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

type Claim = KubeObject & {
  readonly spec?: { readonly storageClassName?: string; readonly resources?: { readonly requests?: Readonly<Record<string, string>> } }
  readonly status?: { readonly phase?: string }
}

const sizeOf = (claim: Claim): string => claim.spec?.resources?.requests?.['storage'] ?? '0'

const classOf = (claim: Claim): string => claim.metadata.annotations?.[BETA_CLASS] ?? claim.spec?.storageClassName ?? ''

function allowsExpansion({ store }: Execution, claim: Claim, old: Claim): boolean {
  const name = classOf(claim) === classOf(old) ? classOf(claim) : ''
  const cls = name ? (store.get(`storageclasses/${name}`) as (KubeObject & { readonly allowVolumeExpansion?: boolean }) | undefined) : undefined
  return cls?.allowVolumeExpansion ?? false
}

/** A bound claim may ask for more only when its class lets volumes grow (plugin/pkg/admission/storage/persistentvolume/resize). */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate(exec, object, old) {
    if (!old || compareQuantities(sizeOf(object as Claim), sizeOf(old as Claim)) <= 0) return undefined
    const refuse = (why: string) => forbidden({ group: '', resource: 'persistentvolumeclaims' }, object.metadata.name, why)
    if ((old as Claim).status?.phase !== 'Bound') return refuse('Only bound persistent volume claims can be expanded')
    return allowsExpansion(exec, object as Claim, old as Claim)
      ? undefined
      : refuse('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize')
  },
}
