import { at, child, duplicate, invalidValue, notSupported, required, tooMany, type FieldError, type Path } from '../../api/field.ts'
import { deepEqual } from '../../api/deep.ts'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../api/names.ts'
import { immutable, validateLabels } from '../../api/validate-meta.ts'
import { ipWarnings, legacyIp, nonSpecialIp, parseIp, strictIp } from '../../api/validate/ip.ts'
import { named } from '../../api/validate/simple.ts'
import type { Endpoint, EndpointHints, EndpointSlice } from './endpointslice.ts'

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

function domain(name: string, path: Path, out: FieldError[]): void {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name
  const complaints = isDns1123Subdomain(bare)
  if (!name) out.push(required(path))
  else if (complaints.length) out.push(invalidValue(path, bare, complaints.join(',')))
  else if (!bare.includes('.')) out.push(invalidValue(path, bare, 'should be a domain with at least two segments separated by dots'))
  else for (const label of bare.split('.')) if (isDns1123Label(label).length) return void out.push(invalidValue(path, label, isDns1123Label(label).join(',')))
}

function addresses(e: Endpoint, type: string, path: Path, out: FieldError[]): void {
  const list = e.addresses ?? []
  if (list.length === 0) out.push(required(path, 'must contain at least 1 address'))
  else if (list.length > 100) out.push(tooMany(path, list.length, 100))
  list.forEach((a, i) => {
    const here = at(path, i)
    if (type === 'FQDN') return domain(a, here, out)
    if (type !== 'IPv4' && type !== 'IPv6') return undefined
    const bad = type === 'IPv4' ? legacyIp(a, here) : strictIp(a, here)
    if (bad.length) return void out.push(...bad)
    if (parseIp(a)!.family !== (type === 'IPv4' ? 4 : 6)) out.push(invalidValue(path, a, `must be an ${type} address`))
    return void out.push(...nonSpecialIp(a, here))
  })
}

function hints(h: EndpointHints, path: Path, out: FieldError[]): void {
  const check = (items: readonly { readonly name: string }[] | undefined, name: string, test: (s: string) => readonly string[]): boolean => {
    const list = items ?? []
    const listPath = child(path, name)
    if (list.length > 8) {
      out.push(tooMany(listPath, list.length, 8))
      return false
    }
    const seen = new Set<string>()
    list.forEach((item, i) => {
      const here = child(at(listPath, i), 'name')
      if (seen.has(item.name)) out.push(duplicate(here, item.name))
      seen.add(item.name)
      named(test, item.name, here, out)
    })
    return true
  }
  if (check(h.forZones, 'forZones', isLabelValue)) check(h.forNodes, 'forNodes', isDns1123Subdomain)
}

function endpoints(slice: EndpointSlice, out: FieldError[]): void {
  const list = slice.endpoints ?? []
  if (list.length > 1000) return void out.push(tooMany('endpoints', list.length, 1000))
  list.forEach((e, i) => {
    const path = at('endpoints', i)
    addresses(e, slice.addressType, child(path, 'addresses'), out)
    if (e.nodeName !== undefined) named(isDns1123Subdomain, e.nodeName, child(path, 'nodeName'), out)
    const topology = child(path, 'deprecatedTopology')
    const labels = Object.keys(e.deprecatedTopology ?? {})
    if (labels.length > 16) out.push(tooMany(topology, labels.length, 16))
    validateLabels(e.deprecatedTopology, topology, out)
    if (e.hostname !== undefined) named(isDns1123Label, e.hostname, child(path, 'hostname'), out)
    if (e.hints) hints(e.hints, child(path, 'hints'), out)
  })
}

const MOST_PORTS = 20_000

function ports(slice: EndpointSlice, out: FieldError[]): void {
  if ((slice.ports ?? []).length > MOST_PORTS) return void out.push(tooMany('ports', slice.ports!.length, MOST_PORTS))
  const seen = new Set<string>()
  ;(slice.ports ?? []).forEach((p, i) => {
    const path = at('ports', i)
    const name = p.name ?? ''
    if (name) named(isDns1123Label, name, child(path, 'name'), out)
    if (seen.has(name)) out.push(duplicate(child(path, 'name'), name))
    seen.add(name)
    if (!PROTOCOLS.includes(p.protocol ?? '')) out.push(notSupported(child(path, 'protocol'), p.protocol ?? '', PROTOCOLS))
    if (p.appProtocol !== undefined) named(isQualifiedName, p.appProtocol, child(path, 'appProtocol'), out)
  })
}

const checked = new WeakSet<EndpointSlice>()

/** discovery/validation: ValidateEndpointSlice. */
export function validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): readonly FieldError[] {
  const out: FieldError[] = []
  if (checked.has(slice)) return out
  if (!slice.addressType) out.push(required('addressType'))
  else if (!ADDRESS_TYPES.includes(slice.addressType)) out.push(notSupported('addressType', slice.addressType, ADDRESS_TYPES))
  ports(slice, out)
  const before = out.length
  endpoints(slice, out)
  if (out.length > before && old && deepEqual(old.endpoints, slice.endpoints)) out.length = before
  if (out.length === 0) checked.add(slice)
  return out
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  const out = [...validateEndpointSlice(slice, old)]
  immutable(slice.addressType, old.addressType, 'addressType', out)
  return out
}

const OWN = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

/** The controllers' own slices are known to hold good addresses (strategy.go: warnOnBadIPs). */
export function endpointSliceWarnings(slice: EndpointSlice, old?: EndpointSlice): readonly string[] {
  const fqdn = slice.addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : []
  if (OWN.includes(slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return fqdn
  return [...fqdn, ...(slice.endpoints ?? []).flatMap((e, i) => (e.addresses ?? []).flatMap((a, j) => ipWarnings(a, `endpoints[${i}].addresses[${j}]`)))]
}
