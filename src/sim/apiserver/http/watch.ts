import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { expired, isStatus } from '../../api/status.ts'
import type { Micros } from '../../engine/time.ts'
import type { UserInfo } from '../authentication/user.ts'
import type { RestRequest } from '../rest.ts'
import type { ApiServer } from '../server.ts'
import type { Wanted } from './media.ts'
import type { HttpAnswer, OpenedWatch } from './message.ts'
import { flag } from './options.ts'
import { partial, tableAnswer } from './present.ts'
import { first, type Query } from './query.ts'

/** Grants a watch: checks it as a list would be, and tells the host what to open. */
export function watchAnswer(server: ApiServer, request: RestRequest, query: Query, wanted: Wanted, user: UserInfo, now: Micros): HttpAnswer {
  const { group, version, resource, namespace, options } = request
  const checked = server.execute({ ...request, options: { ...options, limit: 1, resourceVersion: undefined, resourceVersionMatch: undefined } }, user, now)
  if (isStatus(checked.answer)) return { code: checked.answer.code, warnings: checked.warnings, body: checked.answer as never, changes: [] }
  const timeout = first(query, 'timeoutSeconds')
  const { labelSelector, fieldSelector, resourceVersion } = options ?? {}
  return {
    code: 200,
    warnings: checked.warnings,
    body: '',
    changes: [],
    watch: {
      row: {
        group, version, resource, ...(namespace ? { namespace } : {}), ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}),
        ...(resourceVersion && resourceVersion !== '0' ? { resourceVersion } : {}),
      },
      ...(timeout ? { timeoutSeconds: Number(timeout) } : {}),
      bookmarks: flag(query, 'allowWatchBookmarks') ?? false,
      initialEvents: flag(query, 'sendInitialEvents') ?? false,
      bookmark: (resourceVersion, ends) => bookmark(server, request, resourceVersion, ends ?? false),
      shape: shaper(server, request, wanted, first(query, 'includeObject')),
    },
  }
}

/** How the objects of a watch go over the wire; of tables only the first tells what the columns are (endpoints/handlers: response.go). */
function shaper(server: ApiServer, request: RestRequest, { as }: Wanted, includeObject: string): OpenedWatch['shape'] {
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return partial
  const kind = as === 'Table' ? server.kind(request) : undefined
  if (!kind) return (object) => object as unknown as JsonValue
  let told = false
  return (object, now) => {
    const table = tableAnswer(server.table(kind, object, now), includeObject) as { readonly [name: string]: JsonValue }
    const shown = told ? { ...table, columnDefinitions: null } : table
    told = true
    return shown
  }
}

function bookmark(server: ApiServer, { group, version, resource }: RestRequest, resourceVersion: string, endsInitial: boolean): WatchEvent {
  const kind = server.groups.resource(group, version, resource)?.kind ?? ''
  const annotations = endsInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  return { type: 'BOOKMARK', object: { kind, apiVersion: group ? `${group}/${version}` : version, metadata: { resourceVersion, ...annotations } } }
}

/** A delivery of the watch hub, as far as the door looks at it. */
export interface Delivered {
  readonly type: string
  readonly object?: KubeObject
  readonly items?: readonly KubeObject[]
  readonly resourceVersion: string
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: JsonValue
}

/** The lines of the wire for one delivery (meta.v1.WatchEvent). */
export function watchEvents(watch: OpenedWatch, delivered: Delivered, now: Micros): readonly WatchEvent[] {
  switch (delivered.type) {
    case 'SYNC': {
      const present = (delivered.items ?? []).map((object): WatchEvent => ({ type: 'ADDED', object: watch.shape(object, now) }))
      return watch.initialEvents ? [...present, watch.bookmark(delivered.resourceVersion, true)] : present
    }
    case 'EXPIRED':
      return [{ type: 'ERROR', object: expired(`too old resource version: ${watch.row.resourceVersion ?? '0'} (${delivered.resourceVersion})`) as unknown as JsonValue }]
    default:
      return [{ type: delivered.type as WatchEvent['type'], object: watch.shape(delivered.object!, now) }]
  }
}
