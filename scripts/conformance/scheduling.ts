import type { KubeObject } from '../../src/sim/api/meta.ts'
import type { Pod } from '../../src/sim/api/pod.ts'
import type { ResourceList } from '../../src/sim/api/quantity.ts'
import type { Node } from '../../src/sim/kinds/node/node.ts'
import { decide, type Decision } from '../../src/sim/scheduler/decide.ts'
import { emptyNodeInfo, withPod } from '../../src/sim/scheduler/node-info.ts'
import type { Objects } from '../../src/sim/scheduler/plugin.ts'
import { snapshotOf } from '../../src/sim/scheduler/snapshot.ts'
import { judgeCases } from './cases.ts'
import { judgeOf } from './judge.ts'
import type { Suite } from './suite.ts'

interface Case {
  readonly case: string
  readonly nodes: readonly Node[]
  readonly objects: readonly KubeObject[]
  readonly pod: Pod
  readonly expect: Record<string, unknown>
}
type Judge = (recorded: Case, got: Record<string, unknown>) => { readonly equal: boolean; readonly parts: Record<string, boolean | undefined> }

const PLURALS: Readonly<Record<string, string>> = {
  PriorityClass: 'priorityclasses', StorageClass: 'storageclasses', CSIStorageCapacity: 'csistoragecapacities', RuntimeClass: 'runtimeclasses',
}
const pluralOf = (kind: string): string => PLURALS[kind] ?? `${kind.toLowerCase()}s`

class FixedObjects implements Objects {
  readonly #byPlural = new Map<string, KubeObject[]>()
  constructor(objects: readonly KubeObject[]) {
    for (const o of objects) this.#byPlural.set(pluralOf(o.kind), [...(this.#byPlural.get(pluralOf(o.kind)) ?? []), o])
  }
  get<T extends KubeObject>(plural: string, namespace: string | undefined, name: string): T | undefined {
    return this.list<T>(plural, namespace).find((o) => o.metadata.name === name)
  }
  list<T extends KubeObject>(plural: string, namespace?: string): readonly T[] {
    const all = (this.#byPlural.get(plural) ?? []) as unknown as T[]
    return namespace === undefined ? all : all.filter((o) => o.metadata.namespace === namespace)
  }
}

type WithRequests = { readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList } }

/** A container whose limits have no request asks for the limit (API defaulting). */
const withRequests = <C extends WithRequests>(c: C): C =>
  c.resources?.limits ? { ...c, resources: { ...c.resources, requests: { ...c.resources.limits, ...c.resources.requests } } } : c

const NOT_READY = ['not-ready', 'unreachable'].map((name) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds: 300 }))

type PriorityClass = KubeObject & { readonly value: number; readonly globalDefault?: boolean; readonly preemptionPolicy?: Pod['spec']['preemptionPolicy'] }
type RuntimeClass = KubeObject & {
  readonly overhead?: { readonly podFixed?: ResourceList }
  readonly scheduling?: { readonly nodeSelector?: Readonly<Record<string, string>>; readonly tolerations?: Pod['spec']['tolerations'] }
}

/** What API defaulting and admission make of a posted pod, as far as scheduling sees it. */
function admitted(pod: Pod, objects: Objects, uid: string): Pod {
  const classes = objects.list<PriorityClass>('priorityclasses')
  const cls = classes.find((c) => (pod.spec.priorityClassName ? c.metadata.name === pod.spec.priorityClassName : c.globalDefault))
  const runtime = pod.spec.runtimeClassName ? objects.get<RuntimeClass>('runtimeclasses', undefined, pod.spec.runtimeClassName) : undefined
  const system = ({ 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 } as Record<string, number>)[pod.spec.priorityClassName ?? '']
  const selector = { ...pod.spec.nodeSelector, ...runtime?.scheduling?.nodeSelector }
  return {
    ...pod,
    metadata: { ...pod.metadata, uid },
    spec: {
      ...withRequests(pod.spec),
      containers: pod.spec.containers.map(withRequests),
      ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.map(withRequests) } : {}),
      ...(Object.keys(selector).length || pod.spec.nodeSelector ? { nodeSelector: selector } : {}),
      ...(runtime?.overhead?.podFixed ? { overhead: runtime.overhead.podFixed } : {}),
      priority: pod.spec.priority ?? cls?.value ?? system ?? 0,
      preemptionPolicy: pod.spec.preemptionPolicy ?? cls?.preemptionPolicy ?? 'PreemptLowerPriority',
      tolerations: [...(pod.spec.tolerations ?? []), ...(runtime?.scheduling?.tolerations ?? []), ...NOT_READY],
    },
  }
}

/** The namespace as the API server makes it: labelled with its name. */
const labelled = (o: KubeObject): KubeObject =>
  o.kind === 'Namespace' ? { ...o, metadata: { ...o.metadata, labels: { 'kubernetes.io/metadata.name': o.metadata.name, ...o.metadata.labels } } } : o

function replay(c: Case): Record<string, unknown> {
  const namespaces = c.objects.some((o) => o.kind === 'Namespace' && o.metadata.name === 'default') ? [] : [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }]
  const objects = new FixedObjects([...namespaces, ...c.objects].map(labelled))
  const pods = objects.list<Pod>('pods').map((p, i) => admitted(p, objects, `pod-${i}`))
  const infos = c.nodes.map((node) => {
    const mine = pods.filter((p) => p.spec.nodeName === node.metadata.name && p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed')
    return mine.reduce(withPod, emptyNodeInfo({ ...node, apiVersion: 'v1', kind: 'Node', spec: node.spec ?? {} }))
  })
  const pod = admitted(c.pod, objects, 'incoming')
  const nominated = pods.filter((p) => !p.spec.nodeName && p.status?.nominatedNodeName)
  if (pod.spec.schedulingGates?.length) {
    return { gated: true, condition: { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' } }
  }
  const decision = decide(pod, {
    snapshot: snapshotOf(infos), objects, start: 0, random: () => 0, latest: (p) => p,
    nominated: (node) => nominated.filter((p) => p.status?.nominatedNodeName === node),
  })
  return shape(decision)
}

/** A decision in the form of the recordings, which sort a node's reasons and leave a PreFilter's node list without one. */
function shape(d: Decision): Record<string, unknown> {
  const { scores } = d
  const perNode = scores && Object.fromEntries(scores.nodes.map((node, i) => [node, Object.fromEntries(scores.plugins.map((p, j) => [p, scores.weighted[j]![i]!]))]))
  const top = scores ? Math.max(...scores.totals) : 0
  return {
    filter: Object.fromEntries([...d.rejected].map(([node, r]) => [node, { code: r.code, plugin: r.plugin, reasons: r.plugin.startsWith('PreFilter:') ? [] : [...r.reasons].sort() }])),
    prefilter: d.preFilter && { code: d.preFilter.code, plugin: d.preFilter.plugin, reasons: d.preFilter.reasons },
    scores: perNode,
    final: scores && Object.fromEntries(scores.nodes.map((node, i) => [node, scores.totals[i]!])),
    best: scores ? scores.nodes.filter((_, i) => scores.totals[i] === top) : d.node ? [d.node] : [],
    event: d.message ?? null,
    condition: d.node ? { type: 'PodScheduled', status: 'True' } : { type: 'PodScheduled', status: 'False', reason: d.outcome === 'error' ? 'SchedulerError' : 'Unschedulable', message: d.message },
    preemption: d.preemption && 'node' in d.preemption ? { nominated: d.preemption.node, victims: d.preemption.victims.map((p) => `${p.metadata.namespace}/${p.metadata.name}`) } : null,
  }
}

/** Replays the recorded clusters of scheduling/ through the scheduler's decision and lets the recordings' judge compare. */
export const runScheduling: Suite = async (options) => {
  const { compareDecision } = await judgeOf<{ compareDecision: Judge }>(options.dir, 'scheduling.mjs')
  return judgeCases<Case>(options, (recorded) => {
    const got = replay(recorded)
    const { equal, parts } = compareDecision(recorded, got)
    const wrong = Object.keys(parts).filter((k) => parts[k] === false)
    return equal ? undefined : () => `${recorded.case}: ${wrong.map((k) => `${k}: want ${JSON.stringify(recorded.expect[k])}, got ${JSON.stringify(got[k])}`).join('; ')}`
  })
}
