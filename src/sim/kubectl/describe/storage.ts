import type { KubeList, KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import type { Volume } from '../../api/volume.ts'
import { list, PODS } from '../../client/request.ts'
import { formatLabels } from '../../kinds/define.ts'
import { volumeText } from '../describe-volume.ts'
import type { Describer } from './generic.ts'
import { annotationLines, dateText, labelLines, leavingText } from './texts.ts'

const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }
/** "RWO,ROX", each once, in this order (storageutil: GetAccessModesAsString). */
const modesText = (modes: readonly string[] | undefined): string => Object.keys(MODES).filter((m) => modes?.includes(m)).map((m) => MODES[m]!).join(',')
const CLASS = 'volume.beta.kubernetes.io/storage-class'
const finalizers = ({ metadata }: KubeObject): string => `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]\n`

interface Claim extends KubeObject {
  readonly spec: {
    readonly storageClassName?: string
    readonly volumeName?: string
    readonly volumeMode?: string
    readonly dataSource?: { readonly apiGroup?: string; readonly kind: string; readonly name: string }
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
    readonly accessModes?: readonly string[]
  }
  readonly status?: {
    readonly phase?: string
    readonly accessModes?: readonly string[]
    readonly capacity?: Readonly<Record<string, string>>
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastProbeTime?: string; readonly lastTransitionTime?: string; readonly reason?: string; readonly message?: string }[]
  }
}

export const claimClass = ({ metadata, spec }: Claim): string => metadata.annotations?.[CLASS] ?? spec.storageClassName ?? ''

/** Claims of a StatefulSet's template (kubectl: describeVolumeClaimTemplates). */
export function claimTemplatesText(templates: readonly KubeObject[] | undefined): string {
  if (!templates?.length) return 'Volume Claims:\t<none>\n'
  const inside = (text: string): string => text.replace(/^(?=[A-Z])/gm, '  ')
  return `Volume Claims:\n${(templates as readonly Claim[])
    .map((c) => `  Name:\t${c.metadata.name}\n  StorageClass:\t${claimClass(c)}\n${inside(labelLines(c.metadata))}${inside(annotationLines(c.metadata))}  Capacity:\t${c.spec.resources?.requests?.storage ?? '<default>'}\n  Access Modes:\t[${(c.spec.accessModes ?? []).join(' ')}]\n`)
    .join('')}`
}

/** kubectl: describe.go, PersistentVolumeClaimDescriber. */
export const describeClaim: Describer = (ctx, object) => {
  const claim = object as Claim
  const { metadata, spec, status = {} } = claim
  const bound = (spec.volumeName ?? '') !== ''
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nStorageClass:\t${claimClass(claim)}\nStatus:\t${leavingText(metadata, ctx.now) ?? status.phase ?? ''}\nVolume:\t${spec.volumeName ?? ''}\n`
  t += `${labelLines(metadata)}${annotationLines(metadata)}${finalizers(object)}Capacity:\t${bound ? (status.capacity?.storage ?? '0') : ''}\nAccess Modes:\t${bound ? modesText(status.accessModes) : ''}\n`
  if (spec.volumeMode) t += `VolumeMode:\t${spec.volumeMode}\n`
  const from = spec.dataSource
  if (from) t += `DataSource:\n${from.apiGroup === undefined ? '' : `  APIGroup:\t${from.apiGroup}\n`}  Kind:\t${from.kind}\n  Name:\t${from.name}\n`
  const answer = ctx.call(list(PODS, metadata.namespace)) as unknown
  const users = isStatus(answer) ? [] : ((answer as KubeList).items as readonly Pod[]).filter((p) => (p.spec.volumes ?? []).some((v) => v.persistentVolumeClaim?.claimName === metadata.name || (v.ephemeral && `${p.metadata.name}-${v.name}` === metadata.name)))
  const names = users.map((p) => p.metadata.name).sort()
  t += `Used By:\t${names.join('\n\t') || '<none>'}\n`
  if (status.conditions?.length)
    t += `Conditions:\n  Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------\n${status.conditions.map((c) => `  ${c.type} \t${c.status} \t${dateText(c.lastProbeTime)} \t${dateText(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}\n`).join('')}`
  return { text: t, events: true }
}

interface Term {
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

interface PersistentVolume extends KubeObject {
  readonly spec: Omit<Volume, 'name'> & {
    readonly storageClassName?: string
    readonly claimRef?: { readonly namespace?: string; readonly name?: string }
    readonly persistentVolumeReclaimPolicy?: string
    readonly accessModes?: readonly string[]
    readonly volumeMode?: string
    readonly capacity?: Readonly<Record<string, string>>
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: readonly Term[] } }
    readonly local?: { readonly path: string }
    readonly csi?: { readonly driver: string; readonly fsType?: string; readonly volumeHandle: string; readonly readOnly?: boolean; readonly volumeAttributes?: Readonly<Record<string, string>> }
  }
  readonly status?: { readonly phase?: string; readonly message?: string }
}

function affinityText(terms: readonly Term[] | undefined): string {
  if (!terms) return 'Node Affinity:\t<none>\n'
  const term = ({ matchExpressions = [] }: Term, i: number): string => {
    const lines = matchExpressions.map((e) => `${e.key} ${e.operator.toLowerCase()}${e.values?.length ? ` [${e.values.join(', ')}]` : ''}\n`)
    return `    Term ${i}:\t${lines.length > 0 ? lines.join('    \t') : '<none>\n'}`
  }
  return `Node Affinity:\t\n  Required Terms:\t${terms.length === 0 ? '<none>\n' : `\n${terms.map(term).join('')}`}`
}

function sourceText(spec: PersistentVolume['spec']): string {
  if (spec.csi) {
    const { driver, fsType = '', volumeHandle, readOnly = false, volumeAttributes = {} } = spec.csi
    const keys = Object.keys(volumeAttributes).sort()
    const attributes = keys.length === 0 ? '<none>\n' : keys.map((k, i) => `${i > 0 ? '        \t' : '    '}${k}=${volumeAttributes[k]!}\n`).join('')
    return `    Type:\tCSI (a Container Storage Interface (CSI) volume source)\n    Driver:\t${driver}\n    FSType:\t${fsType}\n    VolumeHandle:\t${volumeHandle}\n    ReadOnly:\t${readOnly}\n    VolumeAttributes:\t${attributes}`
  }
  if (spec.local) return `    Type:\tLocalVolume (a persistent volume backed by local storage on a node)\n    Path:\t${spec.local.path}\n`
  return volumeText({ name: '', ...spec } as Volume)
}

/** kubectl: describe.go, PersistentVolumeDescriber. */
export const describeVolume: Describer = (ctx, object) => {
  const { metadata, spec, status = {} } = object as PersistentVolume
  let t = `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}${finalizers(object)}StorageClass:\t${metadata.annotations?.[CLASS] ?? spec.storageClassName ?? ''}\n`
  t += `Status:\t${leavingText(metadata, ctx.now) ?? status.phase ?? ''}\nClaim:\t${spec.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : ''}\nReclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}\nAccess Modes:\t${modesText(spec.accessModes)}\n`
  if (spec.volumeMode) t += `VolumeMode:\t${spec.volumeMode}\n`
  t += `Capacity:\t${spec.capacity?.storage ?? '0'}\n${affinityText(spec.nodeAffinity?.required?.nodeSelectorTerms)}Message:\t${status.message ?? ''}\nSource:\n${sourceText(spec)}`
  return { text: t, events: true }
}

interface StorageClass extends KubeObject {
  readonly provisioner: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly allowVolumeExpansion?: boolean
  readonly mountOptions?: readonly string[]
  readonly reclaimPolicy?: string
  readonly volumeBindingMode?: string
  readonly allowedTopologies?: readonly { readonly matchLabelExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[] }[]
}

const boolText = (value: boolean | undefined): string => (value === undefined ? '<unset>' : value ? 'True' : 'False')

export const describeStorageClass: Describer = (_ctx, object) => {
  const c = object as StorageClass
  const isDefault = c.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' || c.metadata.annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
  let t = `Name:\t${c.metadata.name}\nIsDefaultClass:\t${isDefault ? 'Yes' : 'No'}\nAnnotations:\t${formatLabels(c.metadata.annotations)}\nProvisioner:\t${c.provisioner}\nParameters:\t${formatLabels(c.parameters)}\nAllowVolumeExpansion:\t${boolText(c.allowVolumeExpansion)}\n`
  t += c.mountOptions?.length ? `MountOptions:\n${c.mountOptions.map((o) => `  ${o}\n`).join('')}` : 'MountOptions:\t<none>\n'
  if (c.reclaimPolicy) t += `ReclaimPolicy:\t${c.reclaimPolicy}\n`
  if (c.volumeBindingMode) t += `VolumeBindingMode:\t${c.volumeBindingMode}\n`
  if (c.allowedTopologies) {
    const term = ({ matchLabelExpressions: e = [] }: NonNullable<StorageClass['allowedTopologies']>[number], i: number): string =>
      `  Term ${i}:\t${e.length === 0 ? '<none>\n' : e.map((x) => `${x.key} in${x.values?.length ? ` [${x.values.join(', ')}]` : ''}\n`).join('  \t')}`
    t += `AllowedTopologies:\t${c.allowedTopologies.length === 0 ? '<none>\n' : `\n${c.allowedTopologies.map(term).join('')}`}`
  }
  return { text: t, events: true }
}

export const describeAttributesClass: Describer = (_ctx, object) => {
  const { metadata, driverName = '', parameters } = object as KubeObject & { readonly driverName?: string; readonly parameters?: Readonly<Record<string, string>> }
  return { text: `Name:\t${metadata.name}\nAnnotations:\t${formatLabels(metadata.annotations)}\nDriverName:\t${driverName}\nParameters:\t${formatLabels(parameters)}\n`, events: true }
}

interface Driver {
  readonly name: string
  readonly nodeID: string
  readonly allocatable?: { readonly count?: number }
  readonly topologyKeys?: readonly string[]
}

export const describeCsiNode: Describer = (_ctx, object) => {
  const { metadata, spec } = object as KubeObject & { readonly spec: { readonly drivers?: readonly Driver[] | null } }
  const driver = (d: Driver): string =>
    `    ${d.name}:\n      Node ID:\t${d.nodeID}\n${d.allocatable?.count === undefined ? '' : `      Allocatables:\n        Count:\t${d.allocatable.count}\n`}${d.topologyKeys ? `      Topology Keys:\t[${d.topologyKeys.join(' ')}]\n` : ''}`
  return { text: `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\nSpec:\n${spec.drivers ? `  Drivers:\n${spec.drivers.map(driver).join('')}` : ''}`, events: true }
}
