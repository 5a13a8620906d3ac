import type { KubeObject } from '../api/meta.ts'
import type { ComponentStatus } from '../kinds/componentstatus/index.ts'
import type { ObjectStore } from '../store/store.ts'

/** Parts that the API server asks for their health, by their ports; etcd is asked as a client asks it. */
const PORTS: Readonly<Record<string, number>> = { 'controller-manager': 10257, scheduler: 10259 }
const RESOURCE = 'componentstatuses'
const NAMES = ['controller-manager', 'etcd-0', 'scheduler']

function statusOf(name: string, runs: (component: string) => boolean): ComponentStatus {
  const isHealthy = runs(name)
  const message = isHealthy ? 'ok' : `Get "https://127.0.0.1:${PORTS[name]}/healthz": dial tcp 127.0.0.1:${PORTS[name]}: connect: connection refused`
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name } as KubeObject['metadata'], conditions: [{ type: 'Healthy', status: isHealthy ? 'True' : 'False', message }] }
}

/** The store with component statuses in it, which nobody keeps: they are asked for as they are read (registry/core/componentstatus: rest.go). */
export function withComponentStatuses(base: ObjectStore, runs: (component: string) => boolean): ObjectStore {
  const found: ReadonlyMap<string, KubeObject> = new Map(NAMES.map((name) => [`${RESOURCE}/${name}`, statusOf(name, runs)]))
  return {
    revision: base.revision,
    compacted: base.compacted,
    get: (key) => found.get(key) ?? base.get(key),
    keys: (resource, namespace) => (resource === RESOURCE ? [...found.keys()] : base.keys(resource, namespace)),
    count: (resource) => (resource === RESOURCE ? found.size : base.count(resource)),
    objectsAt: (resource, revision, namespace) => (resource === RESOURCE ? [...found.values()] : base.objectsAt(resource, revision, namespace)),
    put: (key, object) => base.put(key, object),
    remove: (key, last) => base.remove(key, last),
    changesSince: (resource, revision) => base.changesSince(resource, revision),
  }
}
