import type { StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** The labels that a pod takes over from its node; undefined when there are none. */
export function topologyLabels({ store }: Execution, node: string): StringMap | undefined {
  const labels = store.get(`nodes/${node}`)?.metadata.labels
  let found: Record<string, string> | undefined
  if (labels) for (const key of TOPOLOGY) if (labels[key] !== undefined) (found ??= {})[key] = labels[key]
  return found
}

const NO_LABELS: StringMap = Object.freeze({})
const UNSET = '\u0000'
const MOST_KNOWN = 100
const known = new WeakMap<StringMap, Map<string, StringMap>>()

/** A pod's labels with those of the topology. Pods of one template share their labels; those that land in one zone still do, so that what looks at labels looks once. */
export function withTopology(labels: StringMap = NO_LABELS, topology: StringMap): StringMap {
  const where = TOPOLOGY.map((key) => topology[key] ?? UNSET).join(UNSET)
  let merged = known.get(labels)
  if (!merged || merged.size > MOST_KNOWN) known.set(labels, (merged = new Map()))
  let all = merged.get(where)
  if (!all) merged.set(where, (all = Object.assign({}, labels, topology)))
  return all
}

/** A pod that is made for a node carries where it stands; bindings do the same (plugin/pkg/admission/podtopologylabels). */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  resources: ['pods'],
  keepsValid: true,
  admit(exec, object, old) {
    const { nodeName } = (object as Pod).spec
    if (old || !nodeName) return object
    const labels = topologyLabels(exec, nodeName)
    return labels ? { ...object, metadata: { ...object.metadata, labels: withTopology(object.metadata.labels, labels) } } : object
  },
}
