import type { StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']
const UNSET = '\u0000'
const NO_LABELS: StringMap = Object.freeze({})
const MOST_KNOWN = 100

/** Places by zone and region, so that nodes of one zone give the same object, and by the labels of a node. */
const places = new Map<string, StringMap>()
const placeOf = new WeakMap<StringMap, StringMap>()

/** The labels that a pod takes over from its node; undefined when there are none. */
export function topologyLabels({ store }: Execution, node: string): StringMap | undefined {
  const labels = store.get(`nodes/${node}`)?.metadata.labels
  if (!labels) return undefined
  let place = placeOf.get(labels)
  if (!place) placeOf.set(labels, (place = placeIn(labels)))
  return place === NO_LABELS ? undefined : place
}

function placeIn(labels: StringMap): StringMap {
  const found: Record<string, string> = {}
  for (const key of TOPOLOGY) if (labels[key] !== undefined) found[key] = labels[key]
  if (Object.keys(found).length === 0) return NO_LABELS
  const where = TOPOLOGY.map((key) => found[key] ?? UNSET).join(UNSET)
  let place = places.get(where)
  if (!place) {
    if (places.size > MOST_KNOWN) places.clear()
    places.set(where, (place = found))
  }
  return place
}

const known = new WeakMap<StringMap, Map<StringMap, StringMap>>()

/** A pod's labels with those of the topology. Pods of one template share their labels; those that land in one zone still do, so that what looks at labels looks once. */
export function withTopology(labels: StringMap = NO_LABELS, topology: StringMap): StringMap {
  let merged = known.get(labels)
  if (!merged || merged.size > MOST_KNOWN) known.set(labels, (merged = new Map()))
  let all = merged.get(topology)
  if (!all) merged.set(topology, (all = Object.assign({}, labels, topology)))
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
