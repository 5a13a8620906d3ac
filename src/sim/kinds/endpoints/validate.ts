import { at, child, invalidValue, required, notSupported, type FieldError, type Path } from '../../api/field.ts'
import { isDns1123Label, isDns1123Subdomain, isPortNumber, isQualifiedName } from '../../api/names.ts'
import { deepEqual } from '../../api/deep.ts'
import { ipWarnings } from '../../api/validate/ip-warnings.ts'
import { legacyIp, nonSpecialIp } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'
import type { EndpointAddress, EndpointPort, Endpoints } from './endpoints.ts'

function address(a: EndpointAddress, path: Path, out: FieldError[]): void {
  out.push(...legacyIp(a.ip, child(path, 'ip')))
  if (a.hostname) named(isDns1123Label, a.hostname, child(path, 'hostname'), out)
  if (a.nodeName !== undefined) named(isDns1123Subdomain, a.nodeName, child(path, 'nodeName'), out)
  out.push(...nonSpecialIp(a.ip, child(path, 'ip')))
}

function port(p: EndpointPort, requireName: boolean, path: Path, out: FieldError[]): void {
  if (requireName && !p.name) out.push(required(child(path, 'name')))
  else if (p.name) named(isDns1123Label, p.name, child(path, 'name'), out)
  for (const m of isPortNumber(p.port)) out.push(invalidValue(child(path, 'port'), p.port, m))
  if (!p.protocol) out.push(required(child(path, 'protocol')))
  else if (!['SCTP', 'TCP', 'UDP'].includes(p.protocol)) out.push(notSupported(child(path, 'protocol'), p.protocol, ['SCTP', 'TCP', 'UDP']))
  if (p.appProtocol !== undefined) named(isQualifiedName, p.appProtocol, child(path, 'appProtocol'), out)
}

/** core/validation: ValidateEndpoints. */
export function validateEndpoints(e: Endpoints): readonly FieldError[] {
  const out: FieldError[] = []
  ;(e.subsets ?? []).forEach((s, i) => {
    const path = at('subsets', i)
    if (!s.addresses?.length && !s.notReadyAddresses?.length) out.push(required(path, 'must specify `addresses` or `notReadyAddresses`'))
    s.addresses?.forEach((a, j) => address(a, at(child(path, 'addresses'), j), out))
    s.notReadyAddresses?.forEach((a, j) => address(a, at(child(path, 'notReadyAddresses'), j), out))
    s.ports?.forEach((p, j) => port(p, s.ports!.length > 1, at(child(path, 'ports'), j), out))
  })
  return out
}

/** Bad subsets from of old may stay as long as nobody touches them. */
export const validateEndpointsUpdate = (e: Endpoints, old: Endpoints): readonly FieldError[] => (deepEqual(e.subsets, old.subsets) ? [] : validateEndpoints(e))

/** registry/core/endpoint: endpointsWarnings. What the controller writes is canonical. */
export function endpointsWarnings(e: Endpoints): readonly string[] {
  if (e.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return []
  const out: string[] = []
  e.subsets?.forEach((s, i) => {
    for (const key of ['addresses', 'notReadyAddresses'] as const) {
      s[key]?.forEach((a, j) => out.push(...ipWarnings(a.ip, child(at(child(at('subsets', i), key), j), 'ip'))))
    }
  })
  return out
}
