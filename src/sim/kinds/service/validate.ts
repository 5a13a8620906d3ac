import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { isDns1123Label, isDns1123Subdomain, isPortName, isPortNumber, isQualifiedName } from '../../api/names.ts'
import { validateLabels } from '../../api/validate-meta.ts'
import { entryHostname } from '../../api/validate/ingress-status.ts'
import { legacyIp, nonSpecialIp } from '../../api/validate/ip.ts'
import { named, oneOf } from '../../api/validate/simple.ts'
import { isHeadless, needsHealthPort } from './needs.ts'
import { CLASS, loadBalancerClass, validateLoadBalancer, validateTraffic } from './validate-traffic.ts'
import { validateAddressing, validateAddressingUpdate } from './validate-addressing.ts'
import type { Service, ServicePort, ServiceSpec } from './service.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

function port(p: ServicePort, requireName: boolean, names: Set<string>, path: Path, out: FieldError[]): void {
  const name = p.name ?? ''
  if (requireName && !name) out.push(required(child(path, 'name')))
  else if (name) {
    named(isDns1123Label, name, child(path, 'name'), out)
    if (names.has(name)) out.push(duplicate(child(path, 'name'), name))
    names.add(name)
  }
  for (const m of isPortNumber(p.port)) out.push(invalidValue(child(path, 'port'), p.port, m))
  oneOf(p.protocol, PROTOCOLS, child(path, 'protocol'), out)
  const target = p.targetPort
  if (typeof target === 'number') for (const m of isPortNumber(target)) out.push(invalidValue(child(path, 'targetPort'), target, m))
  if (typeof target === 'string') for (const m of isPortName(target)) out.push(invalidValue(child(path, 'targetPort'), target, m))
  if (p.appProtocol !== undefined) named(isQualifiedName, p.appProtocol, child(path, 'appProtocol'), out)
}

function typeRules(spec: ServiceSpec, out: FieldError[]): void {
  switch (spec.type) {
    case 'LoadBalancer':
      if (isHeadless(spec)) out.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"))
      break
    case 'NodePort':
      if (isHeadless(spec)) out.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"))
      break
    case 'ExternalName': {
      const mayNot = 'may not be set for ExternalName services'
      if (spec.clusterIPs?.length) out.push(forbiddenField('spec.clusterIPs', mayNot))
      if (spec.ipFamilies?.length) out.push(forbiddenField('spec.ipFamilies', mayNot))
      if (spec.ipFamilyPolicy !== undefined) out.push(forbiddenField('spec.ipFamilyPolicy', mayNot))
      const name = (spec.externalName ?? '').replace(/\.$/, '')
      if (!name) out.push(required('spec.externalName'))
      else named(isDns1123Subdomain, name, 'spec.externalName', out)
      break
    }
    default:
  }
}

function combinations(spec: ServiceSpec, out: FieldError[]): void {
  const nodePorts = new Set<string>()
  ;(spec.ports ?? []).forEach((p, i) => {
    if (!p.nodePort) return
    const id = `${p.protocol}/${p.nodePort}`
    if (nodePorts.has(id)) out.push(duplicate(child(at('spec.ports', i), 'nodePort'), p.nodePort))
    nodePorts.add(id)
  })
  const seen = new Set<string>()
  ;(spec.ports ?? []).forEach((p, i) => {
    const id = `${p.port}/${p.protocol}`
    if (seen.has(id)) out.push(duplicate(at('spec.ports', i), goPort({ port: p.port, protocol: p.protocol })))
    seen.add(id)
  })
}

/** Go prints a port as its internal struct. */
const goPort = (p: Partial<ServicePort>): unknown => ({
  Name: p.name ?? '', Protocol: p.protocol ?? '', AppProtocol: null, Port: p.port ?? 0, TargetPort: p.targetPort ?? 0, NodePort: p.nodePort ?? 0,
})

const HINTS = 'service.kubernetes.io/topology-aware-hints'
const MODE = 'service.kubernetes.io/topology-mode'

function annotations({ metadata }: Service, out: FieldError[]): void {
  const [hints, mode] = [metadata.annotations?.[HINTS], metadata.annotations?.[MODE]]
  if (hints === undefined || mode === undefined || hints === mode) return
  out.push(invalidValue(at('metadata.annotations', MODE), mode, `must match annotations[${HINTS}] when both are specified`))
}

function affinity({ sessionAffinity: kind, sessionAffinityConfig: config }: ServiceSpec, out: FieldError[]): void {
  oneOf(kind, ['ClientIP', 'None'], 'spec.sessionAffinity', out)
  const path = 'spec.sessionAffinityConfig'
  if (kind === 'None' && config !== undefined) out.push(forbiddenField(path, 'must not be set when session affinity is None'))
  if (kind !== 'ClientIP') return
  const when = 'when session affinity type is ClientIP'
  const seconds = config?.clientIP?.timeoutSeconds
  if (!config) out.push(required(path, when))
  else if (!config.clientIP) out.push(required(child(path, 'clientIP'), when))
  else if (seconds === undefined) out.push(required(child(path, 'clientIP.timeoutSeconds'), when))
  else if (seconds <= 0 || seconds > LONGEST_AFFINITY) {
    out.push(invalidValue(child(path, 'clientIP.timeoutSeconds'), seconds, `must be greater than 0 and less than ${LONGEST_AFFINITY}`))
  }
}

const LONGEST_AFFINITY = 86_400

function externalIps(spec: ServiceSpec, old: ServiceSpec | undefined, out: FieldError[]): void {
  spec.externalIPs?.forEach((ip, i) => {
    const path = at('spec.externalIPs', i)
    const bad = legacyIp(ip, path, old?.externalIPs)
    out.push(...(bad.length ? bad : nonSpecialIp(ip, path)))
  })
}

/** core/validation: validateService. */
export function validateService(service: Service, old?: Service): FieldError[] {
  const out: FieldError[] = []
  const { spec } = service
  const ports = spec.ports ?? []
  annotations(service, out)
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') out.push(required('spec.ports'))
  typeRules(spec, out)
  const names = new Set<string>()
  ports.forEach((p, i) => port(p, ports.length > 1, names, at('spec.ports', i), out))
  if (spec.selector) validateLabels(spec.selector, 'spec.selector', out)
  affinity(spec, out)
  validateAddressing(spec, old?.spec, out)
  externalIps(spec, old?.spec, out)
  if (!spec.type) out.push(required('spec.type'))
  else if (!TYPES.includes(spec.type)) out.push(notSupported('spec.type', spec.type, TYPES))
  ports.forEach((p, i) => {
    if (p.nodePort && spec.type === 'ClusterIP') out.push(forbiddenField(child(at('spec.ports', i), 'nodePort'), "may not be used when `type` is 'ClusterIP'"))
  })
  combinations(spec, out)
  validateLoadBalancer(service, old, out)
  validateTraffic(spec, out)
  return out
}

/** core/validation: ValidateServiceUpdate. */
export function validateServiceUpdate(service: Service, old: Service): readonly FieldError[] {
  const out: FieldError[] = []
  const [spec, was] = [service.spec, old.spec]
  validateAddressingUpdate(spec, was, out)
  if (spec.type === 'LoadBalancer' && was.type === 'LoadBalancer' && spec.loadBalancerClass !== was.loadBalancerClass) {
    out.push(invalidValue(CLASS, spec.loadBalancerClass ?? null, 'may not change once set'))
  }
  loadBalancerClass(spec, out)
  if (needsHealthPort(was) && needsHealthPort(spec) && (was.healthCheckNodePort ?? 0) !== (spec.healthCheckNodePort ?? 0)) {
    out.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'))
  }
  return [...out, ...validateService(service, old)]
}

const INGRESS = 'status.loadBalancer.ingress'
const IP_MODES = ['Proxy', 'VIP']

/** core/validation: ValidateLoadBalancerStatus. */
export function validateServiceStatus(service: Service, old: Service): readonly FieldError[] {
  const list = service.status?.loadBalancer?.ingress ?? []
  if (service.spec.type !== 'LoadBalancer' && list.length > 0) return [forbiddenField(INGRESS, "may only be used when `spec.type` is 'LoadBalancer'")]
  const out: FieldError[] = []
  const had = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []))
  list.forEach(({ ip = '', ipMode, hostname }, i) => {
    const path = at(INGRESS, i)
    if (ip) out.push(...legacyIp(ip, child(path, 'ip'), had))
    if (ip && ipMode === undefined) out.push(required(child(path, 'ipMode'), 'must be specified when `ip` is set'))
    else if (!ip && ipMode !== undefined) out.push(forbiddenField(child(path, 'ipMode'), 'may not be specified when `ip` is not set'))
    else if (ipMode !== undefined && !IP_MODES.includes(ipMode)) out.push(notSupported(child(path, 'ipMode'), ipMode, IP_MODES))
    entryHostname(hostname, child(path, 'hostname'), out)
  })
  return out
}
