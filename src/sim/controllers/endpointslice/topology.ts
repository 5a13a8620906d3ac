import { isConditionTrue } from '../../api/conditions.ts'
import { milliValue } from '../../api/quantity.ts'
import type { Endpoint, EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Node } from '../../kinds/node/node.ts'
import { isReady, readyOnes, untouched, withEndpoints, withHints, withoutHints } from './hints.ts'
import type { SlicePlan } from './plan.ts'

/** Zones get endpoints in proportion to the cpus of their nodes (staging/src/k8s.io/endpointslice/topologycache). */

const OVERLOAD = 0.2
const ZONE = 'topology.kubernetes.io/zone'
const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** A number by zone, in the order of their names. */
export type ByZone = Readonly<Record<string, number>>

interface Allocation {
  readonly minimum: number
  readonly maximum: number
  readonly desired: number
}

/** Each zone's share of all cpus of ready nodes; undefined where nodes do not tell or lie in one zone. */
export function cpuShares(nodes: readonly Node[]): ByZone | undefined {
  const cpus = new Map<string, number>()
  let total = 0
  for (const node of nodes) {
    if (CONTROL_PLANE.some((label) => label in (node.metadata.labels ?? {})) || !isConditionTrue(node.status?.conditions, 'Ready')) continue
    const cpu = milliValue(node.status?.allocatable?.['cpu'])
    const zone = node.metadata.labels?.[ZONE]
    if (!zone || cpu === 0) return undefined
    total += cpu
    cpus.set(zone, (cpus.get(zone) ?? 0) + cpu)
  }
  return cpus.size < 2 ? undefined : Object.fromEntries([...cpus.keys()].sort().map((zone) => [zone, cpus.get(zone)! / total]))
}

/** Has some zone too few endpoints for its share? */
export function isOverloaded(counts: ByZone, shares: ByZone | undefined): boolean {
  if (Object.keys(counts).length === 0) return false
  if (!shares) return true
  const total = Object.values(counts).reduce((a, b) => a + b, 0)
  return Object.keys(shares).some((zone) => (counts[zone] ?? -1) < Math.ceil(total * shares[zone]! * (1 / (1 + OVERLOAD))))
}

function allocationsOf(endpoints: number, shares: ByZone | undefined): ReadonlyMap<string, Allocation> | string {
  if (!shares) return 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'
  const zones = Object.keys(shares)
  const about = `(${endpoints} endpoints, ${zones.length} zones)`
  if (zones.length > endpoints) return `Insufficient number of endpoints ${about}`
  const least = zones.map((zone) => Math.ceil(shares[zone]! * endpoints * (1 / (1 + OVERLOAD))))
  const spare = endpoints - least.reduce((a, b) => a + b, 0)
  if (spare < 0) return `Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ${about}`
  return new Map(zones.map((zone, i) => [zone, { minimum: least[i]!, maximum: least[i]! + spare, desired: Math.max(shares[zone]! * endpoints, least[i]!) }]))
}

/** The plan with hints, how many endpoints each zone has then, or why there are no hints. */
export interface Hinted {
  readonly plan: SlicePlan
  readonly counts?: ByZone
  readonly problem?: string
}

/** Hints for a Service in topology mode Auto (topologycache.go: AddHints). */
export function byTopology(existing: readonly EndpointSlice[], plan: SlicePlan, shares: ByZone | undefined): Hinted {
  const left = untouched(existing, plan)
  const all = [...plan.create, ...plan.update, ...left]
  const none = (problem: string): Hinted => ({ plan: withoutHints(existing, plan), problem })
  const allocations = allocationsOf(all.reduce((n, slice) => n + readyOnes(slice).length, 0), shares)
  if (typeof allocations === 'string') return none(allocations)
  const counts = new Map<string, number>()
  const stale = left.filter((slice) => !keep(slice, counts, allocations))
  const update = [...plan.update, ...stale]
  const open = [...plan.create, ...update]
  for (const slice of open)
    for (const endpoint of readyOnes(slice)) {
      if (!endpoint.zone) return none('One or more endpoints do not have a zone specified')
      counts.set(endpoint.zone, (counts.get(endpoint.zone) ?? 0) + 1)
    }
  const move = moves(allocations, counts)
  const hint = (slice: EndpointSlice): EndpointSlice => withEndpoints(slice, (endpoint) => (isReady(endpoint) ? withHints(endpoint, { forZones: [{ name: move(endpoint) }] }) : withHints(endpoint, undefined)))
  const hinted = { create: plan.create.map(hint), update: update.map(hint), remove: plan.remove }
  if (counts.size === 0) return none('No hints allocated for zones')
  return { plan: hinted, counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** May the slice stay as it is? Then its hints count. */
function keep(slice: EndpointSlice, counts: Map<string, number>, allocations: ReadonlyMap<string, Allocation>): boolean {
  const own = new Map<string, number>()
  for (const endpoint of readyOnes(slice)) {
    const zones = endpoint.hints?.forZones ?? []
    if (zones.length === 0) return false
    for (const { name } of zones) own.set(name, (own.get(name) ?? 0) + 1)
  }
  for (const [zone, n] of own) if (n + (counts.get(zone) ?? 0) > (allocations.get(zone)?.maximum ?? -1)) return false
  for (const [zone, n] of own) counts.set(zone, (counts.get(zone) ?? 0) + n)
  return true
}

/** Which zone each endpoint is for: its own, unless that one has more than its share and another less. `counts` follow. */
function moves(allocations: ReadonlyMap<string, Allocation>, counts: Map<string, number>): (endpoint: Endpoint) => string {
  const over = new Map<string, number>()
  const under = new Map<string, number>()
  for (const [zone, { desired }] of allocations) {
    const have = counts.get(zone) ?? 0
    if (have > desired) over.set(zone, have - desired)
    else if (have < desired) under.set(zone, desired - have)
  }
  const gives = new Map<string, number>()
  const takes = new Map<string, number>()
  for (;;) {
    const [from, most] = greatest(over)
    const [to, need] = greatest(under)
    if (!from || !to || (most < 1 && need < 1) || most < 0.5 || need < 0.5) break
    gives.set(from, (gives.get(from) ?? 0) + 1)
    takes.set(to, (takes.get(to) ?? 0) + 1)
    over.set(from, most - 1)
    under.set(to, need - 1)
  }
  return ({ zone = '' }) => {
    const to = [...takes].find(([, n]) => n > 0)?.[0]
    if (!to || (gives.get(zone) ?? 0) === 0) return zone
    gives.set(zone, gives.get(zone)! - 1)
    takes.set(to, takes.get(to)! - 1)
    counts.set(zone, counts.get(zone)! - 1)
    counts.set(to, (counts.get(to) ?? 0) + 1)
    return to
  }
}

function greatest(zones: ReadonlyMap<string, number>): readonly [string, number] {
  let best: readonly [string, number] = ['', 0]
  for (const entry of zones) if (entry[1] > best[1]) best = entry
  return best
}
