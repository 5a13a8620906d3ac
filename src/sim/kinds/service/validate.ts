import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { isDns1123Label, isDns1123Subdomain, isPortName, isPortNumber, isQualifiedName } from '../../api/names.ts'
import { validateLabels } from '../../api/validate-meta.ts'
import { legacyIp, nonSpecialIp } from '../../api/validate/ip.ts'
import { named, oneOf } from '../../api/validate/simple.ts'
import { validateLoadBalancer, validateTraffic } from './validate-traffic.ts'
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
      if (spec.clusterIP === 'None') out.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"))
      break
    case 'NodePort':
      if (spec.clusterIP === 'None') out.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"))
      break
    case 'ExternalName': {
      if (spec.clusterIP) out.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'))
      const name = (spec.externalName ?? '').replace(/\.$/, '')
      if (!spec.externalName) out.push(required('spec.externalName'))
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

/** core/validation: ValidateService. */
export function validateService(service: Service): readonly FieldError[] {
  const out: FieldError[] = []
  const { spec } = service
  const ports = spec.ports ?? []
  if (ports.length === 0 && spec.clusterIP !== 'None' && spec.type !== 'ExternalName') out.push(required('spec.ports'))
  typeRules(spec, out)
  const names = new Set<string>()
  ports.forEach((p, i) => port(p, ports.length > 1, names, at('spec.ports', i), out))
  if (spec.selector) validateLabels(spec.selector, 'spec.selector', out)
  oneOf(spec.sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity', out)
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (spec.sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > 86_400)) {
    out.push(invalidValue('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, 'must be greater than 0 and less than 86400'))
  }
  validateAddressing(spec, out)
  ;(spec.externalIPs ?? []).forEach((ip, i) => {
    const bad = legacyIp(ip, at('spec.externalIPs', i))
    out.push(...(bad.length ? bad : nonSpecialIp(ip, at('spec.externalIPs', i))))
  })
  if (!spec.type) out.push(required('spec.type'))
  else if (!TYPES.includes(spec.type)) out.push(notSupported('spec.type', spec.type, TYPES))
  ports.forEach((p, i) => {
    if (p.nodePort && spec.type === 'ClusterIP') out.push(forbiddenField(child(at('spec.ports', i), 'nodePort'), "may not be used when `type` is 'ClusterIP'"))
  })
  combinations(spec, out)
  validateLoadBalancer(spec, out)
  validateTraffic(spec, out)
  return out
}

/** core/validation: ValidateServiceUpdate. */
export function validateServiceUpdate(service: Service, old: Service): readonly FieldError[] {
  const out: FieldError[] = []
  validateAddressingUpdate(service.spec, old.spec, out)
  return [...out, ...validateService(service)]
}

export function validateServiceStatus(service: Service): readonly FieldError[] {
  const out: FieldError[] = []
  ;(service.status?.loadBalancer?.ingress ?? []).forEach((ingress, i) => {
    const path = at('status.loadBalancer.ingress', i)
    if (ingress.ip) out.push(...nonSpecialIp(ingress.ip, child(path, 'ip')).slice(0, 1))
    if (ingress.hostname) named(isDns1123Subdomain, ingress.hostname, child(path, 'hostname'), out)
  })
  return out
}
