import { splitApiVersion, type KubeObject } from '../api/meta.ts'
import type { EventContext } from '../engine/engine.ts'
import { invariant } from '../engine/invariant.ts'
import { isStatus } from '../api/status.ts'
import { formatTime } from '../engine/time.ts'
import { scheme } from '../kinds/index.ts'
import { storeKey } from '../store/store.ts'
import type { ApiServer } from './server.ts'
import { newUid } from './uid.ts'

/**
 * Stores objects that the server itself brings along, complete and known to be right: no admission, no validation, so
 * that a cluster's start costs little. Watchers hear of them.
 */
export function installObjects(server: ApiServer, ctx: EventContext, objects: readonly KubeObject[]): void {
  const creationTimestamp = formatTime(ctx.now)
  for (const object of objects) {
    const kind = scheme.kindFor({ ...splitApiVersion(object.apiVersion), kind: object.kind })
    invariant(kind, `the scheme has no ${object.kind} in ${object.apiVersion}`)
    const { name, namespace } = object.metadata
    const change = server.store.put(storeKey(kind.plural, namespace, name), { ...object, metadata: { ...object.metadata, uid: newUid(server.uids), creationTimestamp } })
    server.hub.dispatch(ctx, kind, change)
  }
}

/** Creates an object of a new cluster as a request would, with all stages; it must not be refused. */
export function createObject(server: ApiServer, ctx: EventContext, object: KubeObject): void {
  const { group, version } = splitApiVersion(object.apiVersion)
  const kind = scheme.kindFor({ group, version, kind: object.kind })
  invariant(kind, `the scheme has no ${object.kind} in ${object.apiVersion}`)
  const { answer } = server.execute({ verb: 'create', group, version, resource: kind.plural, namespace: object.metadata.namespace, body: object }, 'system:apiserver', ctx.now, ctx)
  invariant(!isStatus(answer), `bootstrap object ${object.kind}/${object.metadata.name} was refused: ${isStatus(answer) ? answer.message : ''}`)
}
