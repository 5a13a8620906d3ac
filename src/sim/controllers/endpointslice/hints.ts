import type { Endpoint, EndpointHints, EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Service } from '../../kinds/service/service.ts'
import type { SlicePlan } from './plan.ts'

/** Hints for clients' nodes about which endpoints they should prefer (staging/src/k8s.io/endpointslice). */

const MODE = 'service.kubernetes.io/topology-mode'
const OLD_MODE = 'service.kubernetes.io/topology-aware-hints'
const CLOSE: ReadonlySet<string> = new Set(['PreferClose', 'PreferSameZone', 'PreferSameNode'])

/** Does the annotation ask for zones in proportion to their cpus? */
export function wantsTopology({ metadata: { annotations } }: Service): boolean {
  const mode = annotations?.[OLD_MODE] ?? annotations?.[MODE]
  return mode === 'Auto' || mode === 'auto'
}

export const isReady = (endpoint: Endpoint): boolean => endpoint.conditions?.ready === true

export const readyOnes = ({ endpoints }: EndpointSlice): readonly Endpoint[] => (endpoints ?? []).filter(isReady)

/** Slices of `existing` that the plan leaves as they are. */
export function untouched(existing: readonly EndpointSlice[], { update, remove }: SlicePlan): readonly EndpointSlice[] {
  const changed = new Set([...update, ...remove].map(({ metadata }) => metadata.name))
  return existing.filter(({ metadata }) => !changed.has(metadata.name))
}

/** The slice with other endpoints; itself where `change` leaves each as it is. */
export function withEndpoints(slice: EndpointSlice, change: (endpoint: Endpoint) => Endpoint): EndpointSlice {
  const before = slice.endpoints ?? []
  const endpoints = before.map(change)
  return endpoints.every((endpoint, i) => endpoint === before[i]) ? slice : { ...slice, endpoints }
}

function plain(endpoint: Endpoint): Endpoint {
  if (!endpoint.hints) return endpoint
  const { hints: _dropped, ...rest } = endpoint
  return rest
}

export const withHints = (endpoint: Endpoint, hints: EndpointHints | undefined): Endpoint => (hints ? { ...endpoint, hints } : plain(endpoint))

/** The plan without any hints; slices that still have some are written as well. */
export function withoutHints(existing: readonly EndpointSlice[], plan: SlicePlan): SlicePlan {
  const strip = (slice: EndpointSlice): EndpointSlice => withEndpoints(slice, plain)
  const hinted = untouched(existing, plan).filter((slice) => slice.endpoints?.some(({ hints }) => hints))
  if (hinted.length === 0) return plan
  return { create: plan.create.map(strip), update: [...plan.update, ...hinted].map(strip), remove: plan.remove }
}

/** What `trafficDistribution` asks for: endpoints of the client's zone, with PreferSameNode those of its node first (trafficdist.go). */
export function byDistribution(service: Service, existing: readonly EndpointSlice[], plan: SlicePlan): SlicePlan {
  const { trafficDistribution = '' } = service.spec
  if (!CLOSE.has(trafficDistribution)) return withoutHints(existing, plan)
  const hintsOf = ({ zone, nodeName }: Endpoint): EndpointHints | undefined => {
    const forNodes = trafficDistribution === 'PreferSameNode' && nodeName ? [{ name: nodeName }] : undefined
    return zone || forNodes ? { ...(forNodes ? { forNodes } : {}), ...(zone ? { forZones: [{ name: zone }] } : {}) } : undefined
  }
  const same = (a: readonly { readonly name: string }[] = [], b: readonly { readonly name: string }[] = []): boolean => a.length === b.length && a.every(({ name }, i) => name === b[i]!.name)
  const isRight = (endpoint: Endpoint): boolean => {
    const wanted = hintsOf(endpoint)
    return !isReady(endpoint) || (same(endpoint.hints?.forZones, wanted?.forZones) && same(endpoint.hints?.forNodes, wanted?.forNodes))
  }
  const hint = (slice: EndpointSlice): EndpointSlice => withEndpoints(slice, (endpoint) => (isReady(endpoint) ? withHints(endpoint, hintsOf(endpoint)) : endpoint))
  const stale = untouched(existing, plan).filter((slice) => !(slice.endpoints ?? []).every(isRight))
  return { create: plan.create.map(hint), update: [...plan.update, ...stale].map(hint), remove: plan.remove }
}
