import { deepEqual } from '../../api/deep.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { EndpointPort, EndpointSlice } from './endpointslice.ts'
import { endpointSliceWarnings, validateEndpointSlice, validateEndpointSliceUpdate } from './validate.ts'

const listText = (all: readonly string[]): string => {
  if (all.length === 0) return '<unset>'
  const shown = all.slice(0, 3).join(',')
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown
}

/** discovery/v1 defaults: a port's name is '' and its protocol TCP. */
const defaultPort = (p: EndpointPort): EndpointPort => assignSame(p, { name: p.name ?? '', protocol: p.protocol ?? 'TCP' })

/** Go writes these two lists even when they are nil, as null. */
const orNull = <T>(list: readonly T[] | null | undefined): readonly T[] => (list?.length ? list : (null as unknown as readonly T[]))

const HOSTNAME = 'kubernetes.io/hostname'

/** v1 does not write the old topology; a node's name that stood only there is kept (dropTopologyOnV1). */
function withoutTopology(e: EndpointSlice, old?: EndpointSlice): EndpointSlice {
  if (!e.endpoints?.some((p) => p.deprecatedTopology)) return e
  const before = new Set((old?.endpoints ?? []).map((p) => p.deprecatedTopology?.[HOSTNAME]))
  const endpoints = mapSame(e.endpoints, (p) => {
    const name = p.deprecatedTopology?.[HOSTNAME]
    const kept = p.nodeName === undefined && name && before.has(name) && isDns1123Subdomain(name).length === 0 ? name : p.nodeName
    return assignSame(p, { nodeName: kept, deprecatedTopology: undefined })
  })
  return assignSame(e, { endpoints })
}

/** discovery.k8s.io/v1 EndpointSlice (registry/discovery/endpointslice: strategy.go). */
export const endpointSliceKind = defineKind<EndpointSlice>('discovery.k8s.io', 'v1', 'EndpointSlice', {
  defaults: (e) => assignSame(e, { endpoints: orNull(e.endpoints), ports: orNull(mapSame(e.ports ?? undefined, defaultPort)) }),
  prepareCreate: (e) => withGeneration(withoutTopology(e), 1),
  prepareUpdate(sent, old) {
    const e = deepEqual(sent.endpoints, old.endpoints) ? sent : withoutTopology(sent, old)
    const same =
      deepEqual(sent.endpoints, old.endpoints) && deepEqual(e.ports, old.ports) && e.addressType === old.addressType && deepEqual(e.metadata.labels, old.metadata.labels)
    return withGeneration(e, (old.metadata.generation ?? 0) + (same ? 0 : 1))
  },
  validate: (e) => validateEndpointSlice(e),
  validateUpdate: validateEndpointSliceUpdate,
  warnings: endpointSliceWarnings,
  columns: [
    nameColumn,
    textColumn('AddressType', (e) => e.addressType ?? ''),
    textColumn('Ports', (e) => listText((e.ports ?? []).map((p) => (p.port !== undefined ? String(p.port) : p.name !== undefined ? p.name : '*')))),
    textColumn('Endpoints', (e) => listText((e.endpoints ?? []).flatMap((p) => p.addresses ?? []))),
    ageColumn,
  ],
})
