import type { KubeObject } from '../api/meta.ts'
import type { InformerFactory } from '../client/informer.ts'
import { NAMESPACES, NODES, PODS, REPLICA_SETS, SERVICES } from '../client/request.ts'
import type { WatchSpec } from '../client/transport.ts'
import type { Objects } from './plugin.ts'

/** Pods that have ended take no room, so the scheduler does not even hear of them (scheduler.go: NewInformerFactory). */
export const LIVE_PODS: WatchSpec = { ...PODS, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }
export { NODES }

const storage = (resource: string): WatchSpec => ({ group: 'storage.k8s.io', version: 'v1', resource })
const core = (resource: string): WatchSpec => ({ group: '', version: 'v1', resource })

/** Whose events may make a pod schedulable. */
export const WAKING: readonly WatchSpec[] = [
  core('persistentvolumeclaims'),
  core('persistentvolumes'),
  storage('storageclasses'),
  storage('csinodes'),
  storage('csidrivers'),
  storage('csistoragecapacities'),
  storage('volumeattachments'),
]

/** What plugins only look up. */
const LOOKED_UP: readonly WatchSpec[] = [
  SERVICES,
  NAMESPACES,
  REPLICA_SETS,
  core('replicationcontrollers'),
  { group: 'apps', version: 'v1', resource: 'statefulsets' },
  { group: 'policy', version: 'v1', resource: 'poddisruptionbudgets' },
]

/** The scheduler's view of other objects: its informers' caches. */
export function objectsOf(informers: InformerFactory): Objects {
  for (const spec of [...WAKING, ...LOOKED_UP]) informers.informer(spec)
  return {
    get: <T extends KubeObject>(plural: string, namespace: string | undefined, name: string): T | undefined => informers.lister<T>(plural).get(namespace, name),
    list: <T extends KubeObject>(plural: string, namespace?: string): readonly T[] => {
      const informer = informers.lister<T>(plural)
      return informer.cache.size === 0 ? [] : informer.list(namespace)
    },
  }
}
