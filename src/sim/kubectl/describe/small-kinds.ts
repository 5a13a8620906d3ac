import { base64Decode, base64Length } from '../../api/base64.ts'
import type { KubeList, KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { ENDPOINT_SLICES, list } from '../../client/request.ts'
import type { KubectlContext } from '../context.ts'

import type { Describer } from './generic.ts'
import { LIMIT_HEAD, limitRows, quotaText } from './limits.ts'
import { annotationLines, dateText, labelLines } from './texts.ts'

const head = ({ metadata }: KubeObject): string =>
  `Name:\t${metadata.name}\n${metadata.namespace ? `Namespace:\t${metadata.namespace}\n` : ''}${labelLines(metadata)}${annotationLines(metadata)}`

interface NamespaceStatus {
  readonly phase?: string
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime?: string; readonly reason?: string; readonly message?: string }[]
}

const conditionTable = (conditions: NonNullable<NamespaceStatus['conditions']>): string =>
  `Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------\n${conditions.map((c) => `  ${c.type}\t${c.status}\t${dateText(c.lastTransitionTime)}\t${c.reason ?? ''}\t${c.message ?? ''}\n`).join('')}`

export const describeNamespace: Describer = (ctx, object) => {
  const { metadata, status } = object as KubeObject<unknown, NamespaceStatus>
  const count = (resource: string): readonly KubeObject[] => {
    const answer = ctx.call(list({ group: '', version: 'v1', resource }, metadata.name)) as unknown
    return isStatus(answer) ? [] : (answer as KubeList).items
  }
  const quotas = count('resourcequotas')
  const ranges = count('limitranges')
  let t = `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}Status:\t${status?.phase ?? ''}\n`
  if (status?.conditions?.length) t += conditionTable(status.conditions)
  t += quotas.length === 0 ? '\nNo resource quota.\n' : `\nResource Quotas\n${quotas.map((q) => `  Name:\t${q.metadata.name}\n${quotaText(q, '  ')}`).join('')}`
  t += ranges.length === 0 ? '\nNo LimitRange resource.\n' : `\nResource Limits\n ${LIMIT_HEAD.join(' ')}${ranges.map((r) => limitRows(r, ' ')).join('')}`
  return { text: t, events: false }
}

export const describeConfigMap: Describer = (_ctx, object) => {
  const { data = {}, binaryData = {} } = object as KubeObject & { readonly data?: Record<string, string>; readonly binaryData?: Record<string, string> }
  let t = `${head(object)}\nData\n====\n`
  for (const key of Object.keys(data).sort()) t += `${key}:\n----\n${data[key]!}\n\n`
  t += '\nBinaryData\n====\n'
  for (const key of Object.keys(binaryData).sort()) t += `${key}: ${base64Length(binaryData[key]!)} bytes\n`
  return { text: `${t}\n`, events: true }
}

export const describeSecret: Describer = (_ctx, object) => {
  const { data = {}, type } = object as KubeObject & { readonly data?: Record<string, string>; readonly type?: string }
  const shown = (key: string): string => (key === 'token' && type === 'kubernetes.io/service-account-token' ? (base64Decode(data[key]!) ?? '') : `${base64Length(data[key]!)} bytes`)
  const rows = Object.keys(data).sort().map((k) => `${k}:\t${shown(k)}\n`)
  return { text: `${head(object)}\nType:\t${type ?? ''}\n\nData\n====\n${rows.join('')}`, events: false }
}

export const describeServiceAccount: Describer = (_ctx, object) => {
  const { imagePullSecrets = [] } = object as KubeObject & { readonly imagePullSecrets?: readonly { readonly name: string }[] }
  const names = imagePullSecrets.map((s) => s.name)
  return { text: `${head(object)}${(names.length > 0 ? names : ['<none>']).map((n, i) => `${i === 0 ? 'Image pull secrets:' : ''}\t${n}\n`).join('')}`, events: true }
}

interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly targetPort?: number | string
  readonly nodePort?: number
}
interface ServiceObject extends KubeObject {
  readonly spec: {
    readonly selector?: Record<string, string>
    readonly type?: string
    readonly ipFamilyPolicy?: string
    readonly ipFamilies?: readonly string[]
    readonly clusterIP?: string
    readonly clusterIPs?: readonly string[]
    readonly ports?: readonly Port[]
    readonly sessionAffinity?: string
    readonly externalTrafficPolicy?: string
    readonly internalTrafficPolicy?: string
    readonly externalName?: string
    readonly externalIPs?: readonly string[]
    readonly loadBalancerSourceRanges?: readonly string[]
    readonly loadBalancerIP?: string
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string; readonly ipMode?: string }[] } }
}

/** kubectl: describe.go, ServiceDescriber. */
export const describeService: Describer = (ctx, object) => {
  const { spec, status, metadata } = object as ServiceObject
  let t = head(object) + mapLinesInline('Selector', spec.selector) + `Type:\t${spec.type ?? ''}\n`
  if (spec.ipFamilyPolicy) t += `IP Family Policy:\t${spec.ipFamilyPolicy}\n`
  t += `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}\nIP:\t${spec.clusterIP ?? ''}\nIPs:\t${spec.clusterIPs?.join(',') || '<none>'}\n`
  if (spec.externalIPs?.length) t += `External IPs:\t${spec.externalIPs.join(',')}\n`
  if (spec.loadBalancerIP) t += `Desired LoadBalancer IP:\t${spec.loadBalancerIP}\n`
  if (spec.externalName) t += `External Name:\t${spec.externalName}\n`
  const ingress = status?.loadBalancer?.ingress ?? []
  if (ingress.length > 0) t += `LoadBalancer Ingress:\t${ingress.map((i) => (i.ip ? `${i.ip} (${i.ipMode ?? 'VIP'})` : (i.hostname ?? ''))).join(', ')}\n`
  const ports = spec.ports ?? []
  const slices = ports.length > 0 ? endpointSlices(ctx, metadata.namespace!, metadata.name) : []
  for (const p of ports) {
    const protocol = p.protocol ?? 'TCP'
    t += `Port:\t${p.name || '<unset>'}\t${p.port}/${protocol}\nTargetPort:\t${p.targetPort ?? p.port}/${protocol}\n`
    if (p.nodePort) t += `NodePort:\t${p.name || '<unset>'}\t${p.nodePort}/${protocol}\n`
    t += `Endpoints:\t${endpointsText(slices, p.name ?? '')}\n`
  }
  t += `Session Affinity:\t${spec.sessionAffinity ?? ''}\n`
  if (spec.externalTrafficPolicy) t += `External Traffic Policy:\t${spec.externalTrafficPolicy}\n`
  if (spec.internalTrafficPolicy) t += `Internal Traffic Policy:\t${spec.internalTrafficPolicy}\n`
  if (spec.loadBalancerSourceRanges?.length) t += `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}\n`
  return { text: t, events: true }
}

const mapLinesInline = (title: string, map: Readonly<Record<string, string>> | undefined): string => {
  const keys = Object.keys(map ?? {}).sort()
  return `${title}:\t${keys.map((k) => `${k}=${map![k]!}`).join(',') || '<none>'}\n`
}

interface Slice extends KubeObject {
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null
  readonly endpoints?: readonly {
    readonly addresses: readonly string[]
    readonly conditions?: { readonly ready?: boolean }
    readonly hostname?: string
    readonly targetRef?: { readonly kind?: string; readonly name?: string }
    readonly nodeName?: string
    readonly zone?: string
  }[] | null
  readonly addressType?: string
}

export function endpointSlices(ctx: KubectlContext, namespace: string, service: string): readonly Slice[] {
  const answer = ctx.call(list(ENDPOINT_SLICES, namespace, { labelSelector: `kubernetes.io/service-name=${service}` })) as unknown
  return isStatus(answer) ? [] : ((answer as KubeList).items as readonly Slice[])
}

/** The first three ready addresses of a port, and how many more there are. */
export function endpointsText(slices: readonly Slice[], portName: string): string {
  const all: string[] = []
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((p) => (p.name ?? '') === portName)
    if (!port) continue
    for (const e of slice.endpoints ?? []) if (e.conditions?.ready !== false) for (const a of e.addresses) all.push(`${a}:${port.port}`)
  }
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}

/** kubectl: describe.go, EndpointSliceDescriber. */
export const describeEndpointSlice: Describer = (_ctx, object) => {
  const { addressType, ...slice } = object as Slice
  const ports = slice.ports ?? []
  const endpoints = slice.endpoints ?? []
  let t = `${head(object)}AddressType:\t${addressType ?? ''}\n`
  t += ports.length === 0 ? 'Ports: <unset>\n' : `Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n${ports.map((p) => `  ${p.name || '<unset>'}\t${p.port ?? '*'}\t${p.protocol ?? 'TCP'}\n`).join('')}`
  if (endpoints.length === 0) return { text: `${t}Endpoints: <none>\n`, events: true }
  t += 'Endpoints:\n'
  for (const e of endpoints) {
    t += `  - Addresses:\t${e.addresses.join(', ')}\n    Conditions:\n      Ready:\t${e.conditions?.ready ?? '<unset>'}\n    Hostname:\t${e.hostname ?? '<unset>'}\n`
    if (e.targetRef) t += `    TargetRef:\t${e.targetRef.kind}/${e.targetRef.name}\n`
    t += `    NodeName:\t${e.nodeName ?? '<unset>'}\n    Zone:\t${e.zone ?? '<unset>'}\n`
  }
  return { text: t, events: true }
}

/** kubectl: describe.go, EndpointsDescriber. */
export const describeEndpoints: Describer = (_ctx, object) => {
  const { subsets = [] } = object as KubeObject & {
    readonly subsets?: readonly { readonly addresses?: readonly { readonly ip: string }[]; readonly notReadyAddresses?: readonly { readonly ip: string }[]; readonly ports?: readonly Port[] }[]
  }
  let t = `${head(object)}Subsets:\n`
  for (const s of subsets) {
    const text = (l: readonly { readonly ip: string }[] | undefined): string => (l ?? []).map((a) => a.ip).join(',') || '<none>'
    t += `  Addresses:\t${text(s.addresses)}\n  NotReadyAddresses:\t${text(s.notReadyAddresses)}\n`
    if (s.ports?.length) t += `  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n${s.ports.map((p) => `    ${p.name || '<unset>'}\t${p.port}\t${p.protocol ?? 'TCP'}\n`).join('')}`
    t += '\n'
  }
  return { text: t, events: true }
}

