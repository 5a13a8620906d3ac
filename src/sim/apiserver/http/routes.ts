import type { JsonValue } from '../../api/meta.ts'
import { resourceNotFound, type Status } from '../../api/status.ts'
import type { ApiServer } from '../server.ts'
import type { HttpAnswer } from './message.ts'
import type { RequestPath } from './path.ts'
import { first, type Query } from './query.ts'
import { isUnavailable } from '../within/api-services.ts'

/** A path that leads somewhere with this method. */
export interface Route {
  /** The kind of the bodies that are taken. */
  readonly bodyKind: string
  /** Whether strategic merge patches are served (not for custom resources). */
  readonly strategic: boolean
}

/** The verb of a request (apiserver: endpoints/request, requestinfo.go). */
export function verbOf(method: string, path: RequestPath, query: Query): string {
  if (!path.isResource) return method.toLowerCase()
  switch (method) {
    case 'POST':
      return 'create'
    case 'GET':
    case 'HEAD':
      if (query.has('watch') && !/^(0|f|false)$/i.test(first(query, 'watch')) && (path.name === '' || first(query, 'watch') !== '') && !path.subresource) return 'watch'
      return path.name === '' ? 'list' : 'get'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return path.name === '' ? 'deletecollection' : 'delete'
    default:
      return ''
  }
}

/** What the mux answers where no server is registered at all. */
export const pageNotFound: HttpAnswer = { code: 404, warnings: [], body: '404 page not found\n', contentType: 'text/plain', changes: [] }

/** What the aggregator answers for a group whose server cannot be reached (kube-aggregator: handler_proxy.go). */
const unavailable: HttpAnswer = { code: 503, warnings: [], body: 'service unavailable\n', contentType: 'text/plain', changes: [] }

/** The answer for a group at a version of which this server knows nothing. */
export const unknownGroup = (server: ApiServer, to: { readonly group: string; readonly version: string }): HttpAnswer => (isUnavailable(server.store, to) ? unavailable : pageNotFound)

export const notAllowed: Status = {
  kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'the server does not allow this method on the requested resource',
  reason: 'MethodNotAllowed', details: {}, code: 405,
}

export const answered = (status: Status): HttpAnswer => ({ code: status.code, warnings: [], body: status as unknown as JsonValue, changes: [] })

const COLLECTION_VERBS: ReadonlyMap<string, string> = new Map(Object.entries({ GET: 'list', HEAD: 'list', POST: 'create', DELETE: 'deletecollection' }))
const ITEM_VERBS: ReadonlyMap<string, string> = new Map(Object.entries({ GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }))
const SUBRESOURCE_VERBS: ReadonlyMap<string, string> = new Map(Object.entries({ GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', POST: 'create', DELETE: 'delete' }))

/** Finds what a resource path leads to with this method, or what the server answers to a wrong one. */
export function findRoute(server: ApiServer, path: RequestPath, method: string): Route | { readonly answer: HttpAnswer } {
  const { group, version } = path
  if (server.passesOn(path)) return { bodyKind: '', strategic: false }
  if (!server.groups.has(group)) return { answer: unknownGroup(server, path) }
  const resource = server.groups.resource(group, version, path.resource)
  if (!resource && server.groups.isCustom(group)) return { answer: unknownGroup(server, path) }
  if (!resource || path.rest.length > 0 && path.subresource !== 'proxy') return { answer: answered(resourceNotFound()) }
  const inNamespace = path.namespace !== '' && path.resource !== 'namespaces'
  if (inNamespace && !resource.namespaced) return { answer: answered(resourceNotFound()) }
  if (resource.namespaced && !inNamespace && path.name !== '') return { answer: answered(resourceNotFound()) }
  if (path.subresource) {
    const sub = resource.subresources.find((candidate) => candidate.name === path.subresource)
    if (!sub) return { answer: answered(resourceNotFound()) }
    const verb = SUBRESOURCE_VERBS.get(method)
    return verb && sub.verbs.includes(verb) ? { bodyKind: sub.kind, strategic: !resource.custom } : { answer: answered(notAllowed) }
  }
  const verb = (path.name ? ITEM_VERBS : COLLECTION_VERBS).get(method)
  const onlyLists = resource.namespaced && !inNamespace
  if (!verb || !resource.verbs.includes(verb) || (onlyLists && verb !== 'list')) return { answer: answered(notAllowed) }
  return { bodyKind: resource.kind, strategic: !resource.custom }
}
