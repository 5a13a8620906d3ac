import type { KubeObject } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import type { Micros } from '../../engine/time.ts'
import type { UserInfo } from '../authentication/user.ts'
import type { RestRequest } from '../rest.ts'
import type { ApiServer } from '../server.ts'
import type { Wanted } from './media.ts'
import type { HttpAnswer } from './message.ts'
import { flag } from './options.ts'
import { partial } from './present.ts'
import { first, type Query } from './query.ts'

/** Grants a watch: checks it as a list would be, and tells the host what to open. */
export function watchAnswer(server: ApiServer, request: RestRequest, query: Query, wanted: Wanted, user: UserInfo, now: Micros): HttpAnswer {
  const { group, version, resource, namespace, options } = request
  const checked = server.execute({ ...request, options: { ...options, limit: 1, resourceVersion: undefined, resourceVersionMatch: undefined } }, user, now)
  if (isStatus(checked.answer)) return { code: checked.answer.code, warnings: checked.warnings, body: checked.answer as never, changes: [] }
  const timeout = first(query, 'timeoutSeconds')
  const { labelSelector, fieldSelector, resourceVersion } = options ?? {}
  const isPartial = wanted.as === 'PartialObjectMetadata' || wanted.as === 'PartialObjectMetadataList'
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
      shape: (object: KubeObject) => (isPartial ? partial(object) : (object as never)),
    },
  }
}
