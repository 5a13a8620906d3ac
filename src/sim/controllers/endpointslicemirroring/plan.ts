import { deepEqual } from '../../api/deep.ts'
import { controllerRef, type StringMap } from '../../api/meta.ts'
import { podPrefix } from '../../client/pod-control.ts'
import { MANAGED_BY, SERVICE_NAME } from '../../client/services/slice-tracker.ts'
import { repackSubsets } from '../../client/services/subsets.ts'
import { LAST_CHANGE } from '../../client/services/trigger-times.ts'
import type { EndpointAddress, Endpoints } from '../../kinds/endpoints/endpoints.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'

export const MIRRORING = 'endpointslicemirroring-controller.k8s.io'
const MAX_PER_SUBSET = 1000
const NOT_COPIED: ReadonlySet<string> = new Set([LAST_CHANGE, 'kubectl.kubernetes.io/last-applied-configuration'])

interface Group {
  readonly type: 'IPv4' | 'IPv6'
  readonly ports: readonly EndpointPort[]
  readonly endpoints: Map<string, Endpoint>
}

/** What mirroring is to write, and what could not be mirrored. */
export interface MirrorPlan {
  readonly create: readonly EndpointSlice[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
  /** How many endpoints there shall be. */
  readonly wanted: number
  readonly invalid: number
  readonly skipped: number
}

const groupKey = (type: string, ports: EndpointSlice['ports']): string =>
  `${type} ${(ports ?? []).map((p) => `${p.name ?? ''}|${p.protocol ?? ''}|${p.port ?? ''}|${p.appProtocol ?? ''}`).sort().join(',')}`
const endpointKey = (e: Endpoint): string => `${e.addresses.join(' ')}|${e.hostname ?? ''}|${e.targetRef?.uid ?? ''}`

/** Compares the Endpoints with its mirrored slices: one slice a family and set of ports (reconciler.go). */
export function planMirror(endpoints: Endpoints, existing: readonly EndpointSlice[], most = MAX_PER_SUBSET): MirrorPlan {
  const { groups, invalid, skipped } = gather(endpoints, most)
  const byKey = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    const key = groupKey(slice.addressType, slice.ports)
    byKey.set(key, [...(byKey.get(key) ?? []), slice])
  }
  const create: EndpointSlice[] = []
  const update: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  for (const [key, group] of groups) {
    const [first, ...surplus] = byKey.get(key) ?? []
    if (group.endpoints.size === 0) {
      if (first) remove.push(first, ...surplus)
      continue
    }
    remove.push(...surplus)
    if (!first) create.push(mirrored(endpoints, group, undefined, most))
    else if (!isCurrent(endpoints, group, first)) update.push(mirrored(endpoints, group, first, most))
  }
  for (const [key, slices] of byKey) if (!groups.has(key)) remove.push(...slices)
  const wanted = [...groups.values()].reduce((n, group) => n + group.endpoints.size, 0)
  return { ...recycle(create, update, remove), wanted, invalid, skipped }
}

function gather(endpoints: Endpoints, most: number): { readonly groups: ReadonlyMap<string, Group>; readonly invalid: number; readonly skipped: number } {
  const groups = new Map<string, Group>()
  let invalid = 0
  let skipped = 0
  for (const subset of repackSubsets(endpoints.subsets ?? [])) {
    const ports = (subset.ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({ name, protocol, port, ...(appProtocol === undefined ? {} : { appProtocol }) }))
    for (const type of ['IPv4', 'IPv6'] as const) if (!groups.has(groupKey(type, ports))) groups.set(groupKey(type, ports), { type, ports, endpoints: new Map() })
    let added = 0
    const add = (address: EndpointAddress, ready: boolean): void => {
      if (added >= most) {
        skipped++
        return
      }
      const type = familyOf(address.ip)
      if (!type) {
        invalid++
        return
      }
      const endpoint = endpointOf(address, ready)
      groups.get(groupKey(type, ports))!.endpoints.set(endpointKey(endpoint), endpoint)
      added++
    }
    for (const address of subset.addresses ?? []) add(address, true)
    for (const address of subset.notReadyAddresses ?? []) add(address, false)
  }
  return { groups, invalid, skipped }
}

const familyOf = (ip: string): 'IPv4' | 'IPv6' | undefined =>
  ip.includes(':') ? 'IPv6' : /^\d{1,3}(\.\d{1,3}){3}$/.test(ip) && ip.split('.').every((n) => Number(n) < 256) ? 'IPv4' : undefined

const endpointOf = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname ? { hostname } : {}),
  ...(targetRef ? { targetRef } : {}),
  ...(nodeName ? { nodeName } : {}),
})

const copied = (map: StringMap | undefined): StringMap => Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !NOT_COPIED.has(key)))

function isCurrent(endpoints: Endpoints, group: Group, slice: EndpointSlice): boolean {
  const { [SERVICE_NAME]: _service, [MANAGED_BY]: _managed, ...labels } = slice.metadata.labels ?? {}
  const have = slice.endpoints ?? []
  return (
    have.length === group.endpoints.size &&
    have.every((endpoint) => deepEqual(group.endpoints.get(endpointKey(endpoint)), endpoint)) &&
    deepEqual(endpoints.metadata.labels ?? {}, labels) &&
    deepEqual(copied(endpoints.metadata.annotations), slice.metadata.annotations ?? {}) &&
    deepEqual(slice.metadata.ownerReferences, [controllerRef(endpoints)])
  )
}

function mirrored(endpoints: Endpoints, group: Group, known: EndpointSlice | undefined, most: number): EndpointSlice {
  const { name, namespace, labels, annotations } = endpoints.metadata
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...(known ? { name: known.metadata.name } : { name: '', generateName: podPrefix(name) }),
      namespace,
      labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: MIRRORING },
      annotations: copied(annotations),
      ownerReferences: [controllerRef(endpoints)],
    },
    addressType: group.type,
    endpoints: [...group.endpoints.values()].slice(0, most),
    ports: group.ports,
  }
}

/** A slice that would be deleted while another of its family is created is rather rewritten. */
function recycle(create: readonly EndpointSlice[], update: readonly EndpointSlice[], remove: readonly EndpointSlice[]): Pick<MirrorPlan, 'create' | 'update' | 'remove'> {
  const left = [...remove]
  const made: EndpointSlice[] = []
  const rewritten: EndpointSlice[] = []
  for (const slice of create) {
    const i = left.findIndex((old) => old.addressType === slice.addressType)
    if (i < 0) {
      made.push(slice)
      continue
    }
    rewritten.push({ ...slice, metadata: { ...slice.metadata, name: left[i]!.metadata.name } })
    left.splice(i, 1)
  }
  return { create: made, update: [...update, ...rewritten], remove: left }
}
