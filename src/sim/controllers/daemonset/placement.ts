import type { OwnerReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec, PodTemplateSpec } from '../../api/pod-spec.ts'
import type { Affinity, Toleration } from '../../api/scheduling.ts'
import { toleratesAny, untoleratedTaint } from '../../api/tolerations.ts'
import { requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import { podFromTemplate } from '../../client/pod-control.ts'
import type { DaemonSet } from '../../kinds/daemonset/daemonset.ts'
import type { Node } from '../../kinds/node/node.ts'

export const REVISION_HASH = 'controller-revision-hash'
export const TEMPLATE_GENERATION = 'pod-template-generation'
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation'

const exists = (key: string, effect: Toleration['effect']): Toleration => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect })

/** Daemons run on nodes in trouble too (daemonset_util.go: AddOrUpdateDaemonPodTolerations). */
const TOLERATIONS: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
]

const sameToleration = (a: Toleration, b: Toleration): boolean =>
  a.key === b.key && a.effect === b.effect && (a.operator ?? 'Equal') === (b.operator ?? 'Equal') && (a.value ?? '') === (b.value ?? '')

/** The template's tolerations with the daemons' own; one that is there already is replaced in its place. */
export function daemonTolerations(spec: PodSpec): readonly Toleration[] {
  let list = spec.tolerations ?? []
  for (const own of spec.hostNetwork ? [...TOLERATIONS, exists('network-unavailable', 'NoSchedule')] : TOLERATIONS)
    list = list.some((t) => sameToleration(t, own)) ? list.map((t) => (sameToleration(t, own) ? own : t)) : [...list, own]
  return list
}

const withTolerations = new WeakMap<PodSpec, PodSpec>()

/** The template's spec as daemons run it; remembered, since every node asks for it. */
function daemonSpec(template: PodTemplateSpec): PodSpec {
  const spec = template.spec ?? { containers: [] }
  let result = withTolerations.get(spec)
  if (!result) withTolerations.set(spec, (result = { ...spec, tolerations: daemonTolerations(spec) }))
  return result
}

/** [shall a pod run here, may one that runs here stay] (daemon_controller.go: NodeShouldRunDaemonPod). */
export function shouldRun(ds: DaemonSet, node: Node): readonly [boolean, boolean] {
  const spec = daemonSpec(ds.spec.template)
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return [false, false]
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: '' }, spec }
  if (!requiredNodeAffinityMatches(pod, node)) return [false, false]
  if (!untoleratedTaint(node.spec.taints, spec.tolerations)) return [true, true]
  const evicted = (node.spec.taints ?? []).some((t) => t.effect === 'NoExecute' && !toleratesAny(spec.tolerations, t))
  return [false, !evicted]
}

/** The node for which a pod is meant: where it runs, or what its affinity names. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName
  for (const term of pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [])
    for (const field of term.matchFields ?? []) if (field.key === 'metadata.name' && field.operator === 'In') return field.values?.[0]
  return undefined
}

function pinned(affinity: Affinity | undefined, node: string): Affinity {
  const requiredDuringSchedulingIgnoredDuringExecution = {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [node] }] }],
  }
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution } }
}

export const templateGeneration = (ds: DaemonSet): string | undefined => {
  const text = ds.metadata.annotations?.[GENERATION_ANNOTATION]
  return text !== undefined && /^-?\d+$/.test(text) ? text : undefined
}

/** A pod of the DaemonSet for one node. */
export function daemonPod(ds: DaemonSet, node: string, hash: string, ref: OwnerReference): Pod {
  const generation = templateGeneration(ds)
  const labels = { ...ds.spec.template.metadata?.labels, ...(generation === undefined ? {} : { [TEMPLATE_GENERATION]: generation }), [REVISION_HASH]: hash }
  const spec = daemonSpec(ds.spec.template)
  const template = { metadata: { ...ds.spec.template.metadata, labels }, spec: { ...spec, affinity: pinned(spec.affinity, node) } } as PodTemplateSpec
  return podFromTemplate(template, ds, ref)
}

/** Is a pod of the present template? */
export function isUpdated(ds: DaemonSet, pod: Pod, hash: string): boolean {
  const generation = templateGeneration(ds)
  const labels = pod.metadata.labels ?? {}
  return labels[REVISION_HASH] === hash || (generation !== undefined && labels[TEMPLATE_GENERATION] === generation)
}
