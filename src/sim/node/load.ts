import { matches } from '../api/labels.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { milliValue, parseQuantity } from '../api/quantity.ts'
import type { PodUsage, ResourceMetrics } from '../controllers/setup.ts'
import { seconds } from '../engine/time.ts'
import type { ConfigMap } from '../kinds/configmap/configmap.ts'

/** What the model looks into: all objects of a resource in a namespace. */
export interface Objects {
  list<T extends KubeObject>(plural: string, namespace: string): readonly T[]
}

/** So long a stretch is measured. */
const WINDOW = seconds(10)
/** Name of the ConfigMap whose data tells how much all pods of its namespace use together: `cpu` and `memory`. */
const LOAD = 'load'

/** `cpu` without a unit is in thousandths of a core; `memory` is in bytes. As thousandths. */
function amount(resource: string, text: string): number | undefined {
  if (typeof parseQuantity(text) === 'string') return undefined
  return resource === 'cpu' && /^\d+$/.test(text) ? Number(text) : milliValue(text)
}

/**
 * Simulated load as a metrics server would measure it: the ConfigMap `load` of a namespace, shared equally by the running
 * pods that are asked for. Without the ConfigMap nothing is known.
 */
export function simulatedLoad(objects: Objects): ResourceMetrics {
  return {
    pods(namespace, selector, now) {
      const load = objects.list<ConfigMap>('configmaps', namespace).find(({ metadata }) => metadata.name === LOAD)
      if (!load) return []
      const running = objects.list<Pod>('pods', namespace).filter((pod) => pod.status?.phase === 'Running' && matches(selector, pod.metadata.labels))
      return running.map((pod) => usageOf(pod, load, running.length, now))
    },
  }
}

function usageOf(pod: Pod, load: ConfigMap, pods: number, now: number): PodUsage {
  const { containers } = pod.spec
  const usage: Record<string, number> = {}
  for (const resource of ['cpu', 'memory']) {
    const all = amount(resource, load.data?.[resource] ?? '')
    if (all !== undefined) usage[resource] = Math.floor(all / pods)
  }
  // The first container does the work; what others use does not count.
  const idle = Object.fromEntries(Object.keys(usage).map((resource) => [resource, 0]))
  return { name: pod.metadata.name, at: now, window: WINDOW, containers: containers.map(({ name }, i) => ({ name, usage: i === 0 ? usage : idle })) }
}
