import { deepEqual } from '../api/deep.ts'
import { compileSelector, matches } from '../api/labels.ts'
import type { Pod } from '../api/pod.ts'
import { podRequests } from '../api/pod-resources.ts'
import type { Node } from '../kinds/node/node.ts'
import type { Action, ClusterEvent } from './cluster-event.ts'
import { emptyNodeInfo } from './node-info.ts'
import { requiredNodeAffinityMatches } from '../client/node-selector.ts'
import { podInfo, portsConflict, termSelects, type AffinityTerm } from './pod-info.ts'
import { insufficient } from './plugins/node-resources-fit.ts'
import { podsConflict } from './plugins/volume-restrictions.ts'
import { claimNameOf, type CSINode, type StorageClass } from './storage.ts'
import { toleratesAny, untoleratedTaint } from '../api/tolerations.ts'

/** Might this event have lifted the plugin's objection to the pod? */
type Hint = (pod: Pod, event: ClusterEvent) => boolean
interface Registered {
  readonly resource: string
  readonly actions: readonly Action[]
  readonly hint: Hint
}

const always: Hint = () => true
const on = (resource: string, actions: readonly Action[], hint: Hint = always): Registered => ({ resource, actions, hint })
const onNode = (...actions: readonly Action[]) => (hint: (pod: Pod, node: Node, old: Node | undefined) => boolean): Registered =>
  on('nodes', actions, (pod, e) => hint(pod, (e.object ?? e.old) as Node, e.object ? (e.old as Node | undefined) : undefined))

const CORDON = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

const roomAfterNodeChange = onNode('Add', 'UpdateNodeAllocatable')((pod, node, old) => {
  const wants = podRequests(pod)
  const now = emptyNodeInfo(node)
  if (insufficient(wants, now).reasons.length > 0) return false
  if (!old) return true
  const before = emptyNodeInfo(old)
  return (
    now.allocatablePods > before.allocatablePods ||
    (wants.milliCpu > 0 && now.allocatableMilliCpu > before.allocatableMilliCpu) ||
    (wants.memory > 0 && now.allocatableMemory > before.allocatableMemory) ||
    (wants.ephemeralStorage > 0 && now.allocatableEphemeralStorage > before.allocatableEphemeralStorage) ||
    Object.keys(wants.others).some((n) => wants.others[n]! > 0 && (now.allocatableOthers[n] ?? 0) > (before.allocatableOthers[n] ?? 0))
  )
})

const standsOnNode = (pod: Pod): boolean => !!(pod.spec.nodeName || pod.status?.nominatedNodeName)

const all = (terms: readonly AffinityTerm[], pod: Pod): boolean => terms.length > 0 && terms.every((t) => termSelects(t, pod, {}))

/** A pod came, went or changed its labels: does that help the waiting pod's (anti-)affinity? */
const affinityAfterPod: Hint = (pod, { resource, old, object }) => {
  if (resource === 'unschedulable') return true
  const before = old as Pod | undefined
  const after = object as Pod | undefined
  const { requiredAffinity: near, requiredAntiAffinity: far } = podInfo(pod)
  if (before && after) return (!all(near, before) && all(near, after)) || (all(far, before) && !all(far, after))
  if (after) return all(near, after)
  return before !== undefined && (all(far, before) || all(podInfo(before).requiredAntiAffinity, pod))
}

const affinityAfterNode = onNode('Add', 'UpdateNodeLabel')((pod, node, old) => {
  const { requiredAffinity: near, requiredAntiAffinity: far } = podInfo(pod)
  const moved = (t: AffinityTerm): boolean => old!.metadata.labels?.[t.topologyKey] !== node.metadata.labels?.[t.topologyKey]
  if (!old) return far.length > 0 || near.some((t) => node.metadata.labels?.[t.topologyKey] !== undefined)
  return near.some((t) => node.metadata.labels?.[t.topologyKey] !== undefined && moved(t)) || far.some((t) => old.metadata.labels?.[t.topologyKey] !== undefined && moved(t))
})

const spreads = (pod: Pod) => (pod.spec.topologySpreadConstraints ?? []).filter((c) => c.whenUnsatisfiable === 'DoNotSchedule')

const spreadAfterPod: Hint = (pod, { resource, old, object }) => {
  const constraints = spreads(pod)
  const selects = (other: Pod) => (c: (typeof constraints)[number]): boolean => matches(compileSelector(c.labelSelector), other.metadata.labels)
  const before = old as Pod | undefined
  const after = object as Pod | undefined
  if (resource === 'unschedulable' && before && after && !deepEqual(before.spec.tolerations, after.spec.tolerations)) return constraints.some((c) => c.nodeTaintsPolicy === 'Honor')
  const one = (after ?? before)!
  if (one.metadata.namespace !== pod.metadata.namespace) return false
  if (before && after) return constraints.some((c) => selects(before)(c) !== selects(after)(c))
  return constraints.some(selects(one))
}

const spreadAfterNode: Registered = on('nodes', ['Add', 'Delete', 'UpdateNodeLabel', 'UpdateNodeTaint'], (pod, { old, object }) => {
  const constraints = spreads(pod)
  const complete = (n: Node): boolean => constraints.every((c) => n.metadata.labels?.[c.topologyKey] !== undefined)
  const before = old as Node | undefined
  const after = object as Node | undefined
  if (!before || !after) return complete((after ?? before)!)
  if (complete(before) !== complete(after)) return true
  const moved = constraints.some((c) => before.metadata.labels?.[c.topologyKey] !== after.metadata.labels?.[c.topologyKey])
  return complete(after) && (moved || !deepEqual(before.spec.taints ?? [], after.spec.taints ?? []))
})

const sharesPort: Hint = (pod, { old }) => podInfo(old as Pod).ports.some((p) => podInfo(pod).ports.some((q) => portsConflict(p, q)))

/** Is the claim of the event one of the pod's? */
const isOwnClaim: Hint = (pod, { object, old }) => {
  const { namespace, name } = (object ?? old)!.metadata
  return namespace === pod.metadata.namespace && (pod.spec.volumes ?? []).some((v) => claimNameOf(pod, v)?.name === name)
}

const freesVolume: Hint = (pod, { old }) => {
  const gone = old as Pod
  if (gone.metadata.namespace !== pod.metadata.namespace) return false
  const claims = (p: Pod): string[] => (p.spec.volumes ?? []).flatMap((v) => v.persistentVolumeClaim?.claimName ?? [])
  return podsConflict(pod, gone) || claims(gone).some((c) => claims(pod).includes(c))
}

const limitRaised: Hint = (_, { old, object }) => {
  const limits = (n: CSINode | undefined): Map<string, number> => new Map((n?.spec.drivers ?? []).map((d) => [d.name, d.allocatable?.count ?? 0]))
  const before = limits(old as CSINode | undefined)
  return [...limits(object as CSINode)].some(([name, n]) => n > (before.get(name) ?? 0))
}

const waits: Hint = (_, { object }) => (object as StorageClass).volumeBindingMode === 'WaitForFirstConsumer'

/** Which events may lift which plugin's objections: EventsToRegister of each plugin. */
const REGISTERED: Readonly<Record<string, readonly Registered[]>> = {
  NodeUnschedulable: [
    onNode('Add', 'UpdateNodeTaint')((_, node, old) => !node.spec.unschedulable && (!old || !!old.spec.unschedulable)),
    on('unschedulable', ['UpdatePodToleration'], (_, { object }) => toleratesAny((object as Pod).spec.tolerations, CORDON)),
  ],
  NodeName: [on('nodes', ['Add'])],
  TaintToleration: [
    onNode('Add', 'UpdateNodeTaint')((pod, node, old) => {
      const { tolerations } = pod.spec
      return !untoleratedTaint(node.spec.taints, tolerations) && (!old || !!untoleratedTaint(old.spec.taints, tolerations))
    }),
    on('unschedulable', ['UpdatePodToleration']),
  ],
  NodeAffinity: [onNode('Add', 'UpdateNodeLabel')((pod, node, old) => requiredNodeAffinityMatches(pod, node) && (!old || !requiredNodeAffinityMatches(pod, old)))],
  NodePorts: [on('pods', ['Delete'], sharesPort), on('nodes', ['Add'])],
  NodeResourcesFit: [on('pods', ['Delete', 'UpdatePodScaleDown'], (_, { old }) => standsOnNode(old as Pod)), on('unschedulable', ['UpdatePodScaleDown']), roomAfterNodeChange],
  VolumeRestrictions: [on('pods', ['Delete'], freesVolume), on('nodes', ['Add']), on('persistentvolumeclaims', ['Add'], isOwnClaim)],
  NodeVolumeLimits: [
    on('csinodes', ['Add', 'Update'], limitRaised),
    on('pods', ['Delete'], (_, { old }) => ((old as Pod).spec.volumes ?? []).some((v) => v.persistentVolumeClaim ?? v.ephemeral)),
    on('persistentvolumeclaims', ['Add'], isOwnClaim),
    on('volumeattachments', ['Delete']),
  ],
  VolumeBinding: [
    on('nodes', ['Add', 'UpdateNodeLabel']),
    on('persistentvolumeclaims', ['Add', 'Update'], isOwnClaim),
    on('persistentvolumes', ['Add', 'Update']),
    on('storageclasses', ['Add', 'Update']),
    on('csinodes', ['Add', 'Update']),
    on('csidrivers', ['Update']),
    on('csistoragecapacities', ['Add', 'Update']),
  ],
  VolumeZone: [
    on('nodes', ['Add', 'UpdateNodeLabel']),
    on('persistentvolumeclaims', ['Add', 'Update'], isOwnClaim),
    on('persistentvolumes', ['Add', 'Update']),
    on('storageclasses', ['Add'], waits),
  ],
  PodTopologySpread: [on('pods', ['Add', 'Delete', 'UpdatePodLabel'], spreadAfterPod), on('unschedulable', ['UpdatePodToleration', 'UpdatePodLabel'], spreadAfterPod), spreadAfterNode],
  InterPodAffinity: [on('pods', ['Add', 'Delete', 'UpdatePodLabel'], affinityAfterPod), on('unschedulable', ['UpdatePodLabel'], affinityAfterPod), affinityAfterNode],
}

/** What the objectors listen to: resource and actions, in the order of registration, each resource once. */
export function listenedTo(objectors: readonly string[]): readonly { readonly resource: string; readonly actions: readonly Action[] }[] {
  const found = new Map<string, Set<Action>>()
  for (const plugin of objectors)
    for (const { resource, actions } of REGISTERED[plugin] ?? []) found.set(resource, new Set([...(found.get(resource) ?? []), ...actions]))
  return [...found].map(([resource, actions]) => ({ resource, actions: [...actions] }))
}

const listens = (plugin: string, { resource, action }: ClusterEvent): boolean =>
  REGISTERED[plugin]?.some((r) => r.resource === resource && r.actions.includes(action)) ?? false

/** Does any of the objectors listen to such events at all? */
export const mayMatter = (objectors: readonly string[], event: ClusterEvent): boolean => objectors.some((plugin) => listens(plugin, event))

/** Is it worth trying the pod again after this event, given who objected? Nobody objected: it failed by an error, so yes. */
export function worthTrying(pod: Pod, objectors: readonly string[], event: ClusterEvent): boolean {
  if (objectors.length === 0) return true
  return objectors.some((plugin) => REGISTERED[plugin]?.some((r) => r.resource === event.resource && r.actions.includes(event.action) && r.hint(pod, event)))
}
