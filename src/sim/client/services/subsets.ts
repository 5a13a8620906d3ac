import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../kinds/endpoints/endpoints.ts'

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byIp = (a: EndpointAddress, b: EndpointAddress): number => text(a.ip, b.ip) || text(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '')
const portKey = (p: EndpointPort): string => `${p.name ?? ''}|${p.port}|${p.protocol ?? ''}|${p.appProtocol ?? ''}`
const addressKey = (a: EndpointAddress): string => `${a.ip}|${a.targetRef?.uid ?? ''}`

interface Gathered {
  readonly address: EndpointAddress
  readonly ready: boolean
  readonly ports: Map<string, EndpointPort>
}

/**
 * Subsets in canonical form: each address once with the set of its ports, addresses with equal ports together, an
 * address that is both ready and not counts as not ready for that port set (pkg/api/v1/endpoints: util.go, RepackSubsets).
 */
export function repackSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const gathered = new Map<string, Gathered>()
  for (const subset of subsets) {
    const take = (address: EndpointAddress, ready: boolean): void => {
      const key = `${addressKey(address)}|${ready}`
      let entry = gathered.get(key)
      if (!entry) gathered.set(key, (entry = { address, ready, ports: new Map() }))
      for (const port of subset.ports ?? []) entry.ports.set(portKey(port), port)
    }
    for (const address of subset.addresses ?? []) take(address, true)
    for (const address of subset.notReadyAddresses ?? []) take(address, false)
  }
  const groups = new Map<string, { ready: EndpointAddress[]; not: EndpointAddress[]; ports: readonly EndpointPort[] }>()
  for (const { address, ready, ports } of gathered.values()) {
    const key = [...ports.keys()].sort().join(',')
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { ready: [], not: [], ports: [...ports.values()] }))
    ;(ready ? group.ready : group.not).push(address)
  }
  return [...groups.keys()].sort().map((key) => {
    const { ready, not, ports } = groups.get(key)!
    return {
      ...(ready.length > 0 ? { addresses: ready.sort(byIp) } : {}),
      ...(not.length > 0 ? { notReadyAddresses: not.sort(byIp) } : {}),
      ...(ports.length > 0 ? { ports } : {}),
    }
  })
}

/** At most `limit` addresses in all, ready ones first; true when something was left out. */
export function truncateSubsets(subsets: readonly EndpointSubset[], limit: number): { readonly subsets: readonly EndpointSubset[]; readonly truncated: boolean } {
  const count = (pick: (s: EndpointSubset) => readonly EndpointAddress[] | undefined): number => subsets.reduce((n, s) => n + (pick(s)?.length ?? 0), 0)
  const ready = count((s) => s.addresses)
  const not = count((s) => s.notReadyAddresses)
  if (ready + not <= limit) return { subsets, truncated: false }
  let readyLeft = Math.min(ready, limit)
  let notLeft = Math.max(0, limit - ready)
  const cut = subsets.map((s) => {
    const addresses = s.addresses?.slice(0, readyLeft) ?? []
    readyLeft -= addresses.length
    const notReadyAddresses = s.notReadyAddresses?.slice(0, notLeft) ?? []
    notLeft -= notReadyAddresses.length
    return { ...(addresses.length ? { addresses } : {}), ...(notReadyAddresses.length ? { notReadyAddresses } : {}), ...(s.ports ? { ports: s.ports } : {}) }
  })
  return { subsets: cut.filter((s) => s.addresses || s.notReadyAddresses), truncated: true }
}
