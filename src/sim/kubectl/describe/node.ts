import type { KubeList, KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { podLimits, podRequests } from '../pod-amounts.ts'
import { addResources, milliValue, value, type ResourceList } from '../../api/quantity.ts'
import { isStatus } from '../../api/status.ts'
import { since } from '../../api/human-duration.ts'
import { get, LEASES, list, PODS } from '../../client/request.ts'
import type { KubectlContext } from '../context.ts'
import type { Describer } from './generic.ts'
import { annotationLines, dateText, labelLines } from './texts.ts'

interface NodeObject extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
    readonly podCIDR?: string
    readonly podCIDRs?: readonly string[]
    readonly providerID?: string
  }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastHeartbeatTime?: string; readonly lastTransitionTime?: string; readonly reason?: string; readonly message?: string }[]
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly capacity?: ResourceList
    readonly allocatable?: ResourceList
    readonly nodeInfo?: Readonly<Record<string, string>>
  }
}

const ROLE = 'node-role.kubernetes.io/'

/** kubectl: describe.go, NodeDescriber. */
export const describeNode: Describer = (ctx, object) => {
  const { metadata, spec = {}, status = {} } = object as NodeObject
  const roles = Object.keys(metadata.labels ?? {}).filter((k) => k.startsWith(ROLE)).map((k) => k.slice(ROLE.length)).sort()
  let t = `Name:\t${metadata.name}\nRoles:\t${roles.join(',') || '<none>'}\n${labelLines(metadata)}${annotationLines(metadata)}CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n`
  t += taints(spec.taints) + `Unschedulable:\t${spec.unschedulable ?? false}\n` + lease(ctx, metadata.name)
  if (status.conditions?.length) {
    t += 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------\n'
    for (const c of status.conditions) t += `  ${c.type} \t${c.status} \t${dateText(c.lastHeartbeatTime)} \t${dateText(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}\n`
  }
  t += `Addresses:\n${(status.addresses ?? []).map((a) => `  ${a.type}:\t${a.address}\n`).join('')}`
  t += amounts('Capacity', status.capacity) + amounts('Allocatable', status.allocatable) + systemInfo(status.nodeInfo ?? {})
  if (spec.podCIDR) t += `PodCIDR:\t${spec.podCIDR}\nPodCIDRs:\t${(spec.podCIDRs ?? []).join(',')}\n`
  if (spec.providerID) t += `ProviderID:\t${spec.providerID}\n`
  const answer = ctx.call(list(PODS, undefined, { fieldSelector: `spec.nodeName=${metadata.name},status.phase!=Succeeded,status.phase!=Failed` })) as unknown
  const pods = isStatus(answer) ? [] : ((answer as KubeList).items as readonly Pod[])
  return { text: t + podTable(pods, status.allocatable ?? status.capacity ?? {}, ctx.now), events: true }
}

function taints(list: NonNullable<NodeObject['spec']>['taints']): string {
  if (!list?.length) return 'Taints:\t<none>\n'
  const key = (x: (typeof list)[number]): string => `${x.effect},${x.key}`
  const texts = [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map((x) => `${x.key}${x.value ? `=${x.value}` : ''}:${x.effect}`)
  return texts.map((x, i) => `${i === 0 ? 'Taints:' : ''}\t${x}\n`).join('')
}

function lease(ctx: KubectlContext, name: string): string {
  const found = ctx.call(get(LEASES, 'kube-node-lease', name)) as KubeObject
  if (isStatus(found)) return `Lease:\tFailed to get lease: leases.coordination.k8s.io ${JSON.stringify(name)} not found\n`
  const spec = (found.spec ?? {}) as { readonly holderIdentity?: string; readonly acquireTime?: string; readonly renewTime?: string }
  return `Lease:\n  HolderIdentity:\t${spec.holderIdentity ?? '<unset>'}\n  AcquireTime:\t${spec.acquireTime ? dateText(spec.acquireTime) : '<unset>'}\n  RenewTime:\t${spec.renewTime ? dateText(spec.renewTime) : '<unset>'}\n`
}

const amounts = (title: string, list: ResourceList | undefined): string =>
  list ? `${title}:\n${Object.keys(list).sort().map((k) => `  ${k}:\t${list[k]!}\n`).join('')}` : ''

const INFO: readonly (readonly [string, string])[] = [
  ['Machine ID', 'machineID'], ['System UUID', 'systemUUID'], ['Boot ID', 'bootID'], ['Kernel Version', 'kernelVersion'], ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'], ['Architecture', 'architecture'], ['Container Runtime Version', 'containerRuntimeVersion'], ['Kubelet Version', 'kubeletVersion'],
]

const systemInfo = (info: Readonly<Record<string, string>>): string => `System Info:\n${INFO.map(([title, key]) => `  ${title}:\t${info[key] ?? ''}\n`).join('')}`

const percent = (part: number, of: number): string => `(${of === 0 ? 0 : Math.floor((part / of) * 100)}%)`

function podTable(pods: readonly Pod[], allocatable: ResourceList, now: number): string {
  const cpu = (q: string | undefined): string => `${q ?? '0'} ${percent(milliValue(q), milliValue(allocatable['cpu']))}`
  const bytes = (q: string | undefined, name: string): string => `${q ?? '0'} ${percent(value(q), value(allocatable[name]))}`
  let t = `Non-terminated Pods:\t(${pods.length} in total)\n  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n`
  let requests: ResourceList = {}
  let limits: ResourceList = {}
  for (const pod of pods) {
    const [r, l] = [podRequests(pod), podLimits(pod)]
    requests = addResources(requests, r)
    limits = addResources(limits, l)
    t += `  ${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cpu(r['cpu'])}\t${cpu(l['cpu'])}\t${bytes(r['memory'], 'memory')}\t${bytes(l['memory'], 'memory')}\t${since(pod.metadata.creationTimestamp, now)}\n`
  }
  t += 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n  Resource\tRequests\tLimits\n  --------\t--------\t------\n'
  t += `  cpu\t${cpu(requests['cpu'])}\t${cpu(limits['cpu'])}\n`
  for (const name of ['memory', 'ephemeral-storage']) t += `  ${name}\t${bytes(requests[name], name)}\t${bytes(limits[name], name)}\n`
  return t
}
