import { isZeroQuantity, milliValue, value } from '../../api/quantity.ts'
import { computeQosClass } from '../../api/pod-resources.ts'
import type { Container, ObjectFieldSelector, ResourceFieldSelector } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { formatMicroTime } from '../../engine/time.ts'
import type { Allocatable } from './allocatable.ts'
import type { NodeRow, PodRow } from './state.ts'
import { containerNamed } from './world.ts'

/**
 * A field of the pod as text (pkg/fieldpath: ExtractFieldPathAsString); undefined where the path is unknown. The kubelet's own pods have
 * annotations that tell when and from where it heard of them (pkg/kubelet/config).
 */
export function fieldText(row: PodRow, node: NodeRow, { fieldPath }: ObjectFieldSelector): string | undefined {
  const { metadata, spec } = row.pod
  const annotations = (): Readonly<Record<string, string>> => ({ 'kubernetes.io/config.seen': formatMicroTime(row.addedAt).replace(/\.?0*Z$/, 'Z'), 'kubernetes.io/config.source': 'api', ...metadata.annotations })
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(fieldPath)
  if (subscript) return (subscript[1] === 'metadata.labels' ? metadata.labels : annotations())?.[subscript[2]!] ?? ''
  switch (fieldPath) {
    case 'metadata.name':
      return metadata.name
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatMap(metadata.labels)
    case 'metadata.annotations':
      return formatMap(annotations())
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return node.address
    case 'status.podIP':
    case 'status.podIPs':
      return spec.hostNetwork ? node.address : (row.ip ?? '')
    default:
      return undefined
  }
}

/** `key="value"` lines in order of their keys. */
const formatMap = (map: Readonly<Record<string, string>> | undefined): string => Object.keys(map ?? {}).sort().map((key) => `${key}="${map![key]!.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`).join('\n')

/** A container's request or limit as a whole number of its divisor; a missing limit is that of the pod, or what the node gives to pods (kubelet_resources.go: defaultPodLimitsForDownwardAPI). */
export function resourceText(pod: Pod, allocatable: Allocatable, { containerName, resource, divisor }: ResourceFieldSelector, self?: Container): string {
  const container = containerName ? containerNamed(pod, containerName) : self
  const [side = '', name = ''] = resource.split('.') as [string, string]
  const isLimit = side === 'limits'
  const own = (isLimit ? container?.resources?.limits : container?.resources?.requests)?.[name]
  const amount = isLimit && isZeroQuantity(own) ? pod.spec.resources?.limits?.[name] : own
  const unit = divisor === undefined || divisor === '0' ? '1' : divisor
  if (name === 'cpu') {
    const milli = amount === undefined ? (isLimit ? allocatable.cpu : 0) : milliValue(amount)
    return String(Math.ceil(milli / milliValue(unit)))
  }
  const bytes = amount === undefined ? (isLimit && (name === 'memory' || name === 'ephemeral-storage') ? allocatable[name] : 0) : value(amount)
  return String(Math.ceil(bytes / Math.max(value(unit), 1)))
}

const HOSTS = '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n'

/** The pod's host name and domain (kubelet_pods.go: GeneratePodHostNameAndDomain). */
export function hostNames(pod: Pod, node: NodeRow, clusterDomain: string): { readonly name: string; readonly domain: string; readonly shown: string } {
  const name = pod.spec.hostNetwork ? node.hostName : (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '')
  const domain = pod.spec.subdomain ? `${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : ''
  return { name, domain, shown: pod.spec.setHostnameAsFQDN && domain ? `${name}.${domain}` : name }
}

/** /etc/hosts of a pod (kubelet_pods.go: managedHostsFileContent). */
export function hostsFile(row: PodRow, node: NodeRow, clusterDomain: string): string {
  const { pod } = row
  const { name, domain } = hostNames(pod, node, clusterDomain)
  const own = pod.spec.hostNetwork ? `# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${node.address}\t${node.hostName}\n` : `# Kubernetes-managed hosts file.\n${HOSTS}${row.ip ?? ''}\t${domain ? `${name}.${domain}\t` : ''}${name}\n`
  const aliases = (pod.spec.hostAliases ?? []).map((a) => `${a.ip}\t${(a.hostnames ?? []).join('\t')}\n`).join('')
  return aliases ? `${own}\n# Entries added by HostAliases.\n${aliases}` : own
}

const NODE_NAMESERVER = '10.0.0.2'

/** /etc/resolv.conf of a pod (pkg/kubelet/network/dns: GetPodDNS). */
export function resolvFile(pod: Pod, clusterDNS: readonly string[], clusterDomain: string): string {
  const { namespace } = pod.metadata
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst'
  const cluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec.hostNetwork)
  const config = pod.spec.dnsConfig
  let servers: readonly string[] = policy === 'None' ? [] : cluster ? clusterDNS : [NODE_NAMESERVER]
  let searches: readonly string[] = cluster ? [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain] : []
  const options = new Map<string, string | undefined>(cluster ? [['ndots', '5']] : [])
  servers = [...new Set([...servers, ...(config?.nameservers ?? [])])]
  searches = [...new Set([...searches, ...(config?.searches ?? [])])]
  for (const o of config?.options ?? []) if (o.name) options.set(o.name, o.value)
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.size > 0 ? [`options ${[...options].map(([name, v]) => (v === undefined ? name : `${name}:${v}`)).join(' ')}`] : []),
    '',
  ].join('\n')
}

export const qosOf = (pod: Pod): string => pod.status?.qosClass ?? computeQosClass(pod.spec)
