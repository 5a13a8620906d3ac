import type { Condition, KubeObject } from '../api/meta.ts'
import { cidrHolds } from '../api/validate/cidr.ts'
import { formatIp, parseCidr, parseIp } from '../api/validate/ip.ts'
import { formatTime } from '../engine/time.ts'
import { ipv4Text, rangeText } from '../flags/ipv4-range.ts'
import { SERVICE_CLUSTER_IP_RANGE } from '../flags/kube-apiserver.ts'
import { isHeadless } from '../kinds/service/needs.ts'
import type { Service } from '../kinds/service/service.ts'
import { storeKey } from '../store/store.ts'
import type { Execution } from './execution.ts'

interface ServiceRange extends KubeObject<{ readonly cidrs?: readonly string[] }, { readonly conditions?: readonly Condition[] }> {
  readonly spec: { readonly cidrs?: readonly string[] }
}

export const addressKey = (ip: string): string => storeKey('ipaddresses', undefined, ip)
const canonical = (ip: string): string => {
  const parsed = parseIp(ip)
  return parsed ? formatIp(parsed) : ip
}

/** The ranges from which Services get addresses: those of the ServiceCIDRs that are ready. */
function ranges({ store, means }: Execution): readonly string[] {
  const keys = store.keys('servicecidrs')
  if (keys.length === 0) return [rangeText(means.flags.get(SERVICE_CLUSTER_IP_RANGE))]
  return keys.flatMap((key) => {
    const { metadata, spec, status } = store.get(key) as ServiceRange
    const isReady = !metadata.deletionTimestamp && status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')
    return isReady ? (spec.cidrs ?? []).filter((c) => !c.includes(':')) : []
  })
}

/** Why an address that somebody names cannot be had; a dry run does not ask who has it. */
export function refusedAddress(exec: Execution, ip: string): string | undefined {
  const parsed = parseIp(ip)!
  if (!ranges(exec).some((range) => cidrHolds(range, parsed))) return 'the provided network does not match the current range'
  return !exec.options.dryRun && exec.store.get(addressKey(canonical(ip))) ? 'provided IP is already allocated' : undefined
}

const numberOf = (bytes: readonly number[]): number => bytes.reduce((n, byte) => n * 256 + byte, 0)

/** The lower part of a range is left to those who name their addresses (calculateRangeOffset). */
const reserved = (size: number): number => (size <= 16 ? 0 : Math.min(256, Math.max(16, Math.floor(size / 16))))

/** A free address, from a random place on; undefined where all are taken (ipallocator: allocateNextService). */
export function freeAddress(exec: Execution): string | undefined {
  const { store, means, options } = exec
  for (const range of ranges(exec)) {
    const { ip, bits } = parseCidr(range)!
    // Neither the network's own address nor that of broadcasts.
    const first = numberOf(ip.bytes.slice(-4)) + 1
    const size = 2 ** (32 - bits) - 2
    if (size <= 0) continue
    if (options.dryRun) return ipv4Text(first - 1)
    const low = reserved(size)
    const start = means.names.below(size - low)
    for (let i = 0; i < size - low; i++) {
      const address = ipv4Text(first + low + ((start + i) % (size - low)))
      if (!store.get(addressKey(address))) return address
    }
    for (let i = 0; i < low; i++) if (!store.get(addressKey(ipv4Text(first + i)))) return ipv4Text(first + i)
  }
  return undefined
}

/** The addresses that belong to a Service. */
const addressesOf = (service: Service | undefined): readonly string[] =>
  !service || service.spec.type === 'ExternalName' || isHeadless(service.spec) ? [] : (service.spec.clusterIPs ?? []).map(canonical)

/** An id of its own that follows from its Service's: an address draws none. */
const uidAfter = ({ metadata }: Service, i: number): string => {
  const uid = metadata.uid ?? ''
  const digit = (Number.parseInt(uid.slice(-1) || '0', 16) + 1 + i) % 16
  return `${uid.slice(0, -1)}${digit.toString(16)}`
}

/** The IPAddress that says which Service has an address; `i` is the address's place in the Service. */
export const addressObject = (service: Service, ip: string, i: number, creationTimestamp: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: {
    name: ip,
    uid: uidAfter(service, i),
    creationTimestamp,
    labels: { 'ipaddress.kubernetes.io/ip-family': ip.includes(':') ? 'IPv6' : 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
  },
  spec: { parentRef: { resource: 'services', namespace: service.metadata.namespace, name: service.metadata.name } },
})

/** Writes down which addresses a Service has now, and takes back those that it had (ipallocator: createIPAddress, release). */
export function settleAddresses(exec: Execution, object: KubeObject | undefined, old: KubeObject | undefined): void {
  if (exec.kind.plural !== 'services' || exec.kind.group !== '' || exec.options.dryRun) return
  const [now, before] = [addressesOf(object as Service | undefined), addressesOf(old as Service | undefined)]
  now.forEach((ip, i) => {
    if (!before.includes(ip)) exec.means.committed(exec, exec.store.put(addressKey(ip), addressObject(object as Service, ip, i, formatTime(exec.now))))
  })
  for (const ip of before) {
    const change = now.includes(ip) ? undefined : exec.store.remove(addressKey(ip))
    if (change) exec.means.committed(exec, change)
  }
}
