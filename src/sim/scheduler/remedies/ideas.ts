import type { Pod } from '../../api/pod.ts'
import { fromBytes, fromMilli } from '../../api/quantity.ts'
import { untoleratedTaint } from '../../api/tolerations.ts'
import { requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import { emptyNodeInfo, withNode, withPod, type NodeInfo } from '../node-info.ts'
import { podInfo } from '../pod-info.ts'
import type { Rejection } from '../rejection.ts'
import { claimsServed } from './claims.ts'
import { departures, strangersGone, usersGone } from './departures.ts'
import { nodeOf, withInfo, withSpec, type Asked, type Idea, type Trial } from './trial.ts'

const CORDONED = 'node.kubernetes.io/unschedulable'
const HOSTNAME = 'kubernetes.io/hostname'
/** Its name sorts behind those of real nodes and cannot be one. */
const ANOTHER = '~another'
const MOST_SKEW = 5

/** Changes that answer one objection to one node. */
export function ideas(trial: Trial, name: string, { plugin }: Rejection, world: Asked): readonly Idea[] {
  const info = nodeOf(trial, world, name)
  if (!info) return []
  switch (plugin.startsWith('PreFilter:[NodeAffinity') ? 'NodeAffinity' : plugin) {
    case 'NodeResourcesFit':
      return [...departures(trial, info, world), ...moreRoom(trial, info)]
    case 'NodePorts':
    case 'NodeVolumeLimits':
      return departures(trial, info, world)
    case 'TaintToleration':
      return tolerated(trial, info)
    case 'NodeUnschedulable':
      return [uncordoned(trial, info)]
    case 'NodeAffinity':
      return otherSelector(trial, info)
    case 'InterPodAffinity':
      return [...strangersGone(trial, info, world), ...friendsNear(trial, info), withoutAffinity(trial)]
    case 'PodTopologySpread':
      return otherSpread(trial)
    case 'VolumeRestrictions':
      return [...departures(trial, info, world), ...usersGone(trial, info, world), ...claimsServed(trial, info)]
    case 'VolumeBinding':
    case 'VolumeZone':
      return claimsServed(trial, info)
    default:
      return []
  }
}

/** One more node, like one that is there but with nothing on it. */
export function anotherLike({ node }: NodeInfo, trial: Trial): Idea & { readonly node: string } {
  const metadata = { ...node.metadata, name: ANOTHER, labels: { ...node.metadata.labels, [HOSTNAME]: ANOTHER } }
  const fresh = emptyNodeInfo({ ...node, metadata, spec: { ...node.spec, unschedulable: undefined, taints: node.spec.taints?.filter(({ key }) => key !== CORDONED) } })
  return { ...withInfo(trial, fresh), node: ANOTHER, condition: { id: 'another', params: { like: node.metadata.name } } }
}

function uncordoned(trial: Trial, info: NodeInfo): Idea {
  const { node } = info
  const spec = { ...node.spec, unschedulable: undefined, taints: node.spec.taints?.filter(({ key }) => key !== CORDONED) }
  return { ...withInfo(trial, withNode(info, { ...node, spec })), condition: { id: 'uncordon', params: { node: info.name } } }
}

/** The node with as much more as is missing. */
function moreRoom(trial: Trial, info: NodeInfo): readonly Idea[] {
  const wants = podInfo(trial.pod).requests
  const lack = (used: number, want: number, has: number): number => (want > 0 ? Math.max(0, used + want - has) : 0)
  const cpu = lack(info.milliCpu, wants.milliCpu, info.allocatableMilliCpu)
  const memory = lack(info.memory, wants.memory, info.allocatableMemory)
  const disk = lack(info.ephemeralStorage, wants.ephemeralStorage, info.allocatableEphemeralStorage)
  const pods = Math.max(0, info.pods.length + 1 - info.allocatablePods)
  const others = Object.keys(wants.others).sort().map((name) => [name, lack(info.others[name] ?? 0, wants.others[name]!, info.allocatableOthers[name] ?? 0)] as const).filter(([, n]) => n > 0)
  const amounts = [cpu > 0 && `cpu ${fromMilli(cpu)}`, memory > 0 && `memory ${fromBytes(memory)}`, disk > 0 && `ephemeral-storage ${fromBytes(disk)}`, pods > 0 && `pods ${pods}`, ...others.map(([name, n]) => `${name} ${n}`)]
  const what = amounts.filter((amount) => amount !== false).join(', ')
  if (what === '') return []
  const grown: NodeInfo = {
    ...info,
    allocatableMilliCpu: info.allocatableMilliCpu + cpu,
    allocatableMemory: info.allocatableMemory + memory,
    allocatableEphemeralStorage: info.allocatableEphemeralStorage + disk,
    allocatablePods: info.allocatablePods + pods,
    allocatableOthers: { ...info.allocatableOthers, ...Object.fromEntries(others.map(([name, n]) => [name, (info.allocatableOthers[name] ?? 0) + n])) },
  }
  return [{ ...withInfo(trial, grown), condition: { id: 'room', params: { node: info.name, what } } }]
}

function tolerated(trial: Trial, info: NodeInfo): readonly Idea[] {
  const given = trial.pod.spec.tolerations ?? []
  const taint = untoleratedTaint(info.node.spec.taints, given)
  if (!taint) return []
  const toleration = { key: taint.key, operator: 'Equal' as const, value: taint.value ?? '', effect: taint.effect }
  const text = `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`
  return [{ ...withSpec(trial, { tolerations: [...given, toleration] }), condition: { id: 'tolerate', params: { taint: text, node: info.name } } }]
}

/** The node with the labels that the node selector asks for, or the pod without its node affinity. */
function otherSelector(trial: Trial, info: NodeInfo): readonly Idea[] {
  const { pod } = trial
  const wanted = pod.spec.nodeSelector ?? {}
  const { labels = {} } = info.node.metadata
  const missing = Object.keys(wanted).sort().filter((key) => labels[key] !== wanted[key])
  const labelled = { ...info.node, metadata: { ...info.node.metadata, labels: { ...labels, ...wanted } } }
  const found: Idea[] = []
  if (missing.length > 0 && requiredNodeAffinityMatches(pod, labelled)) {
    const text = missing.map((key) => `${key}=${wanted[key]}`).join(', ')
    found.push({ ...withInfo(trial, withNode(info, labelled)), condition: { id: 'label', params: { node: info.name, labels: text } } })
  }
  found.push({ ...withSpec(trial, { nodeSelector: undefined, affinity: { ...pod.spec.affinity, nodeAffinity: undefined } }), condition: { id: 'selector', params: {} } })
  return found
}

/** A pod on the node that each of the pod's affinity terms asks for, where a term says so by plain labels. */
function friendsNear(trial: Trial, info: NodeInfo): readonly Idea[] {
  const terms = trial.pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const plain = terms.map(({ labelSelector }) => (labelSelector?.matchExpressions?.length ? undefined : labelSelector?.matchLabels))
  if (terms.length === 0 || plain.some((labels) => labels === undefined)) return []
  const labels = Object.assign({}, ...plain) as Readonly<Record<string, string>>
  const friend: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: ANOTHER, namespace: terms[0]!.namespaces?.[0] ?? trial.pod.metadata.namespace, uid: ANOTHER, labels }, spec: { containers: [], nodeName: info.name } }
  const text = Object.keys(labels).sort().map((key) => `${key}=${labels[key]}`).join(', ')
  return [{ ...withInfo(trial, withPod(info, friend)), condition: { id: 'near', params: { labels: text, node: info.name } } }]
}

const withoutAffinity = (trial: Trial): Idea => ({
  ...withSpec(trial, { affinity: { ...trial.pod.spec.affinity, podAffinity: undefined, podAntiAffinity: undefined } }),
  condition: { id: 'affinity', params: {} },
})

/** Larger skews, then spreading as a mere wish. */
function otherSpread(trial: Trial): readonly Idea[] {
  const constraints = trial.pod.spec.topologySpreadConstraints ?? []
  const largest = Math.max(...constraints.map(({ maxSkew }) => maxSkew))
  const wider = Array.from({ length: MOST_SKEW }, (_, i): Idea => {
    const skew = largest + i + 1
    return { ...withSpec(trial, { topologySpreadConstraints: constraints.map((c) => ({ ...c, maxSkew: skew })) }), condition: { id: 'skew', params: { skew } } }
  })
  return [...wider, { ...withSpec(trial, { topologySpreadConstraints: constraints.map((c) => ({ ...c, whenUnsatisfiable: 'ScheduleAnyway' as const })) }), condition: { id: 'spread', params: {} } }]
}
