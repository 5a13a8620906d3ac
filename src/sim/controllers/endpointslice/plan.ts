import { deepEqual } from '../../api/deep.ts'
import { controllerRef, type StringMap } from '../../api/meta.ts'
import { podPrefix } from '../../client/pod-control.ts'
import { hasClusterIp } from '../../client/services/pods.ts'
import { MANAGED_BY, SERVICE_NAME } from '../../client/services/slice-tracker.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Service } from '../../kinds/service/service.ts'
import { endpointKey, portsKey, type AddressType, type PortGroup } from './desired.ts'

export const CONTROLLER = 'endpointslice-controller.k8s.io'
const HEADLESS = 'service.kubernetes.io/headless'
const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS])

/** What is to be written. Slices to create have a generateName and the name ''. */
export interface SlicePlan {
  readonly create: EndpointSlice[]
  readonly update: EndpointSlice[]
  readonly remove: EndpointSlice[]
}

const free = (labels: StringMap | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !RESERVED.has(key)))

/** The Service's labels and the reserved ones. */
function sliceLabels(service: Service): StringMap {
  return {
    ...free(service.metadata.labels),
    ...(hasClusterIp(service) ? {} : { [HEADLESS]: '' }),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: CONTROLLER,
  }
}

function emptySlice(service: Service, addressType: AddressType, ports: readonly EndpointPort[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      generateName: podPrefix(service.metadata.name),
      namespace: service.metadata.namespace,
      labels: sliceLabels(service),
      ownerReferences: [controllerRef(service)],
    },
    addressType,
    endpoints: [],
    ports,
  }
}

export const isOwnedBy = (slice: EndpointSlice, service: Service): boolean =>
  (slice.metadata.ownerReferences ?? []).some((o) => o.uid === service.metadata.uid && o.kind === 'Service' && o.apiVersion === 'v1')

/** Compares the slices that there are with the endpoints that there should be, `most` in a slice (endpointslice: reconciler.go). */
export function planSlices(service: Service, addressType: AddressType, existing: readonly EndpointSlice[], groups: ReadonlyMap<string, PortGroup>, most = 100): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: existing.filter((slice) => !isOwnedBy(slice, service)) }
  const own = existing.filter((slice) => isOwnedBy(slice, service))
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of own) {
    const key = portsKey(slice.ports)
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  for (const [key, group] of groups) planGroup(service, addressType, byPorts.get(key) ?? [], group, most, plan)
  for (const [key, slices] of byPorts) if (!groups.has(key)) plan.remove.push(...slices)
  if (existing.length === plan.remove.length && plan.create.length === 0) keepPlaceholder(service, addressType, plan)
  return recycle(service, plan)
}

/** A Service without endpoints keeps one empty slice. */
function keepPlaceholder(service: Service, addressType: AddressType, plan: SlicePlan): void {
  const placeholder = emptySlice(service, addressType, [])
  const [only] = plan.remove
  const known =
    plan.remove.length === 1 &&
    (only!.endpoints ?? []).length === 0 &&
    (only!.ports ?? []).length === 0 &&
    only!.addressType === addressType &&
    deepEqual(only!.metadata.labels, placeholder.metadata.labels) &&
    deepEqual(only!.metadata.ownerReferences, placeholder.metadata.ownerReferences)
  if (known) plan.remove.length = 0
  else plan.create.push(placeholder)
}

function planGroup(service: Service, addressType: AddressType, slices: readonly EndpointSlice[], group: PortGroup, most: number, plan: SlicePlan): void {
  const wanted = new Map(group.endpoints)
  const labels = sliceLabels(service)
  const changed: EndpointSlice[] = []
  const unchanged: EndpointSlice[] = []
  for (const slice of slices) {
    const kept = keptEndpoints(slice, wanted)
    const had = slice.endpoints ?? []
    if (!kept.same || kept.endpoints.length !== had.length) {
      if (kept.endpoints.length === 0) plan.remove.push(slice)
      else changed.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints: kept.endpoints })
    } else if (!deepEqual(free(slice.metadata.labels), free(labels))) changed.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints: kept.endpoints })
    else unchanged.push(slice)
  }
  const left = [...wanted.values()]
  changed.sort((a, b) => (b.endpoints?.length ?? 0) - (a.endpoints?.length ?? 0))
  plan.update.push(...changed.map((slice) => fill(slice, left, most)))
  while (left.length > 0) {
    const target = left.length < most ? roomiest(unchanged, left.length, most) : undefined
    if (target) {
      unchanged.splice(unchanged.indexOf(target), 1)
      plan.update.push(fill(target, left, most))
    } else plan.create.push(fill(emptySlice(service, addressType, group.ports), left, most))
  }
}

/** The slice's endpoints that are still wanted, in their present form and without hints; they leave `wanted`. */
function keptEndpoints(slice: EndpointSlice, wanted: Map<string, Endpoint>): { readonly endpoints: readonly Endpoint[]; readonly same: boolean } {
  const endpoints: Endpoint[] = []
  let same = true
  for (const endpoint of slice.endpoints ?? []) {
    const key = endpointKey(endpoint)
    const now = wanted.get(key)
    if (!now) continue
    const { hints, ...rest } = endpoint
    if (!deepEqual(now, hints ? rest : endpoint)) same = false
    endpoints.push(now)
    wanted.delete(key)
  }
  return { endpoints, same }
}

function fill(slice: EndpointSlice, left: Endpoint[], most: number): EndpointSlice {
  const room = most - (slice.endpoints?.length ?? 0)
  if (room <= 0 || left.length === 0) return slice
  return { ...slice, endpoints: [...(slice.endpoints ?? []), ...left.splice(0, room)] }
}

/** Of the slices that can take `n` more, the one that gets fullest. */
function roomiest(slices: readonly EndpointSlice[], n: number, most: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined
  let closest = most
  for (const slice of slices) {
    const rest = most - n - (slice.endpoints?.length ?? 0)
    if (rest < 0 || rest >= closest) continue
    closest = rest
    best = slice
  }
  return best
}

/** A slice that would be deleted while another is created is rather rewritten. */
function recycle(service: Service, plan: SlicePlan): SlicePlan {
  const remove: EndpointSlice[] = []
  for (const old of plan.remove) {
    const fresh = plan.create.at(-1)
    if (fresh && old.addressType === fresh.addressType && isOwnedBy(old, service)) {
      plan.create.pop()
      plan.update.push({ ...fresh, metadata: { ...fresh.metadata, name: old.metadata.name } })
    } else remove.push(old)
  }
  return { create: plan.create, update: plan.update, remove }
}
