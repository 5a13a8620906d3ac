import { formatLabelSelector, type LabelSelector } from '../../api/labels.ts'
import type { KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { get, SERVICES } from '../../client/request.ts'
import type { Service } from '../../kinds/service/service.ts'
import type { KubectlContext } from '../context.ts'
import type { Describer } from './generic.ts'
import { endpointSlices, endpointsText } from './small-kinds.ts'
import { annotationLines, labelLines } from './texts.ts'

interface Backend {
  readonly service?: { readonly name: string; readonly port?: { readonly number?: number; readonly name?: string } }
  readonly resource?: { readonly apiGroup?: string; readonly kind: string; readonly name: string }
}

interface Ingress extends KubeObject {
  readonly spec: {
    readonly ingressClassName?: string
    readonly defaultBackend?: Backend
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[]
    readonly rules?: readonly { readonly host?: string; readonly http?: { readonly paths: readonly { readonly path?: string; readonly backend: Backend }[] } }[]
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } }
}

/** "web:80 (10.244.1.2:80)", with what is wrong in place of the addresses (kubectl: describeBackendV1). */
function backendText(ctx: KubectlContext, namespace: string, { service, resource }: Backend): string {
  if (!service) return resource ? `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}` : ''
  const { name, port = {} } = service
  const shown = `${name}:${port.number || port.name || ''}`
  const slices = endpointSlices(ctx, namespace, name)
  const found = ctx.call(get(SERVICES, namespace, name)) as KubeObject | Status
  if (isStatus(found)) return `${shown} (<error: ${found.message}>)`
  const own = ((found as Service).spec.ports ?? []).find((p) => (port.number ? p.port === port.number : p.name === port.name))
  return `${shown} (${slices.length === 0 ? '<none>' : endpointsText(slices, own?.name ?? '')})`
}

/** kubectl: describe.go, IngressDescriber. */
export const describeIngress: Describer = (ctx, object) => {
  const { metadata, spec, status } = object as Ingress
  const backend = (b: Backend): string => backendText(ctx, metadata.namespace!, b)
  const addresses = (status?.loadBalancer?.ingress ?? []).map((i) => i.ip || i.hostname || '')
  const fallback = spec.defaultBackend ? backend(spec.defaultBackend) : '<default>'
  let t = `Name:\t${metadata.name}\n${labelLines(metadata)}Namespace:\t${metadata.namespace}\nAddress:\t${addresses.join(',')}\nIngress Class:\t${spec.ingressClassName ?? '<none>'}\nDefault backend:\t${fallback}\n`
  if (spec.tls?.length) t += `TLS:\n${spec.tls.map((x) => `  ${x.secretName ? `${x.secretName} terminates` : 'SNI routes'} ${(x.hosts ?? []).join(',')}\n`).join('')}`
  t += 'Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n'
  const rules = (spec.rules ?? []).filter((r) => r.http)
  for (const { host, http } of rules) t += `  ${host || '*'}\t\n${http!.paths.map((p) => `    \t${p.path ?? ''} \t${backend(p.backend)}\n`).join('')}`
  if (rules.length === 0) t += `  *\t*\t${fallback}\n`
  return { text: t + annotationLines(metadata), events: true }
}

export const describeIngressClass: Describer = (_ctx, object) => {
  const { metadata, spec } = object as KubeObject & { readonly spec: { readonly controller?: string; readonly parameters?: { readonly apiGroup?: string; readonly kind: string; readonly name: string } } }
  const p = spec.parameters
  const more = p ? `Parameters:\n${p.apiGroup === undefined ? '' : `  APIGroup:\t${p.apiGroup}\n`}  Kind:\t${p.kind}\n  Name:\t${p.name}\n` : ''
  return { text: `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}Controller:\t${spec.controller ?? ''}\n${more}`, events: true }
}

interface Peer {
  readonly podSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] }
}

interface PolicyRule {
  readonly ports?: readonly { readonly port?: number | string; readonly protocol?: string; readonly endPort?: number }[]
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
}

interface Policy extends KubeObject {
  readonly spec: { readonly podSelector?: LabelSelector; readonly ingress?: readonly PolicyRule[]; readonly egress?: readonly PolicyRule[]; readonly policyTypes?: readonly string[] }
}

function peerText({ podSelector, namespaceSelector, ipBlock }: Peer): string {
  if (podSelector || namespaceSelector)
    return `${namespaceSelector ? `      NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n` : ''}${podSelector ? `      PodSelector: ${formatLabelSelector(podSelector)}\n` : ''}`
  return ipBlock ? `      IPBlock:\n        CIDR: ${ipBlock.cidr}\n        Except: ${(ipBlock.except ?? []).join(', ')}\n` : ''
}

function ruleText(rule: PolicyRule, side: 'From' | 'To'): string {
  const ports = rule.ports?.length
    ? rule.ports.map((p) => `    ${p.endPort === undefined ? `To Port: ${p.port ?? '<nil>'}` : `To Port Range: ${p.port}-${p.endPort}`}/${p.protocol ?? 'TCP'}\n`).join('')
    : '    To Port: <any> (traffic allowed to all ports)\n'
  const peers = side === 'From' ? rule.from : rule.to
  const everyone = side === 'From' ? 'From: <any> (traffic not restricted by source)' : 'To: <any> (traffic not restricted by destination)'
  return ports + (peers?.length ? peers.map((p) => `    ${side}:\n${peerText(p)}`).join('') : `    ${everyone}\n`)
}

const rulesText = (rules: readonly PolicyRule[] | undefined, side: 'From' | 'To'): string =>
  rules?.length ? rules.map((r) => ruleText(r, side)).join('    ----------\n') : `    <none> (Selected pods are isolated for ${side === 'From' ? 'ingress' : 'egress'} connectivity)\n`

/** kubectl: describe.go, NetworkPolicyDescriber. */
export const describeNetworkPolicy: Describer = (_ctx, object) => {
  const { metadata, spec } = object as Policy
  const types = spec.policyTypes ?? []
  const ingress = types.length === 0 || types.includes('Ingress')
  const egress = types.includes('Egress')
  const chosen = formatLabelSelector(spec.podSelector ?? {})
  const created = (metadata.creationTimestamp ?? '').replace('T', ' ').replace('Z', ' +0000 UTC')
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nCreated on:\t${created}\n${labelLines(metadata)}${annotationLines(metadata)}Spec:\n`
  t += `  PodSelector:     ${chosen === '<none>' || chosen === '' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : chosen}\n`
  t += ingress ? `  Allowing ingress traffic:\n${rulesText(spec.ingress, 'From')}` : '  Not affecting ingress traffic\n'
  t += egress ? `  Allowing egress traffic:\n${rulesText(spec.egress, 'To')}` : '  Not affecting egress traffic\n'
  return { text: `${t}  Policy Types: ${types.length > 0 ? types.join(', ') : '<none>'}\n`, events: false }
}
