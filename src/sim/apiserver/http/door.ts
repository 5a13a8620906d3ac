import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { badRequest, isStatus, notAcceptable, type Status } from '../../api/status.ts'
import type { EventContext } from '../../engine/engine.ts'
import type { Micros } from '../../engine/time.ts'
import type { UserInfo } from '../authentication/user.ts'
import type { RequestOptions, RestRequest } from '../rest.ts'
import type { ApiServer } from '../server.ts'
import { checkMediaType, checkSize, readBody, type Read } from './body.ts'
import { serveDocument } from './documents/index.ts'
import { assume, authenticate } from './identity.ts'
import { negotiate, type Wanted } from './media.ts'
import type { HttpAnswer, HttpRequest } from './message.ts'
import { nodeProxy } from './node-proxy.ts'
import { checkDeleteOptions, deleteOptionsOf, listOptions, writeOptions, type DeleteOptionsBody } from './options.ts'
import { patchTypeOf, readPatch } from './patch-body.ts'
import { readPath, type RequestPath } from './path.ts'
import { checkTable, present } from './present.ts'
import { first, parseQuery, type Query } from './query.ts'
import { findRoute, verbOf, type Route } from './routes.ts'
import { toYaml } from './yaml.ts'
import { watchAnswer } from './watch.ts'

/** A request half-way: who asks what of which resource, in which form. */
interface Visit {
  readonly server: ApiServer
  readonly request: HttpRequest
  readonly path: RequestPath
  readonly query: Query
  readonly user: UserInfo
  readonly verb: string
  readonly now: Micros
  readonly ctx: EventContext | undefined
}

const NOT_ACCEPTABLE = '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf'

/** Status answers are of the server's own kind, whatever form was asked for. */
export const refusal = (status: Status, warnings: readonly string[] = []): HttpAnswer => ({ code: status.code, warnings, body: status as unknown as JsonValue, changes: [] })

/**
 * The API server's HTTP side as a function: authentication, authorization, routing, negotiation, decoding, the verb, the
 * answer (apiserver: server/config.go's handler chain and endpoints/handlers). Never throws for what a client sends.
 * Writes need `ctx`, the event in which they happen.
 */
export function serveHttp(server: ApiServer, request: HttpRequest, now: Micros, ctx?: EventContext): HttpAnswer {
  const asked = request.path.indexOf('?')
  const path = readPath(asked < 0 ? request.path : request.path.slice(0, asked))
  const query = parseQuery(asked < 0 ? request.query : request.path.slice(asked + 1))
  const verb = verbOf(request.method, path, query)
  const sender = authenticate(request, server, now)
  if (isStatus(sender)) return refusal(sender)
  const user = assume(server.authorizer, request.impersonate, server.attributes(sender, verb, path, first(query, 'fieldSelector')))
  if (isStatus(user)) return refusal(user)
  const visit: Visit = { server, request, path, query, user, verb, now, ctx }
  const forbidden = server.authorize(user, verb, path, first(query, 'fieldSelector'))
  if (forbidden) return refusal(forbidden)
  const wantsResource = path.isResource && (path.resource !== '' || path.namespace !== '')
  if (!wantsResource) return serveDocument(server, request, path.path, query)
  const route = findRoute(server, path, request.method)
  if ('answer' in route) return route.answer
  if (path.resource === 'nodes' && path.subresource === 'proxy') return nodeProxy(server, request.method, path, query, now)
  return serveRoute(visit, route)
}

function serveRoute(visit: Visit, route: Route): HttpAnswer {
  const { request, query } = visit
  const wanted = negotiate(request.accept)
  if (!wanted) return refusal({ ...notAcceptable(NOT_ACCEPTABLE), details: {} })
  const wrongTable = checkTable(wanted, first(query, 'includeObject'))
  if (wrongTable) return refusal(wrongTable)
  const rest = restRequest(visit, route, wanted)
  if (isStatus(rest)) return refusal(rest)
  if (rest.watch) return watchAnswer(visit.server, rest.request, query, wanted, visit.user, visit.now)
  return execute(visit, rest.request, wanted)
}

function execute({ server, query, user, now, ctx }: Visit, request: RestRequest, wanted: Wanted): HttpAnswer {
  const { answer, warnings, changes, created } = server.execute(request, user, now, ctx)
  if (isStatus(answer)) return refusal(answer, warnings)
  const body = present(isDone(request, answer) ? withoutCode(answer) : answer, wanted, first(query, 'includeObject'))
  if (isStatus(body)) return refusal(body, warnings)
  const plain = typeof body === 'string'
  if (wanted.type === 'application/yaml' && !plain) return { code: codeOf(request, body, created), warnings, body: toYaml(body), changes, contentType: 'application/yaml' }
  const code = body === '' && request.subresource === 'log' ? 204 : codeOf(request, body, created)
  return { code, warnings, body, changes, ...(plain ? { contentType: 'text/plain' } : {}) }
}

/** The Status of a finished deletion says no code. */
const isDone = ({ verb }: RestRequest, answer: unknown): answer is Status => verb === 'delete' && (answer as Partial<Status> | undefined)?.kind === 'Status'

function withoutCode({ code: _code, ...status }: Status): unknown {
  return status
}

function codeOf(request: RestRequest, body: JsonValue, created: boolean): number {
  const status = body as { readonly kind?: string; readonly code?: number }
  if (typeof body === 'object' && status.kind === 'Status') return status.code ?? 200
  return created || request.verb === 'create' ? 201 : 200
}

interface Prepared {
  readonly request: RestRequest
  readonly watch: boolean
}

/** Options and body of the request, in the order in which the handlers look at them. */
function restRequest(visit: Visit, route: Route, wanted: Wanted): Prepared | Status {
  const { path, verb, request, query } = visit
  const coordinates = {
    group: path.group, version: path.version, resource: path.resource,
    ...(path.namespace ? { namespace: path.namespace } : {}), ...(path.name ? { name: path.name } : {}),
    ...(path.subresource ? { subresource: path.subresource } : {}),
  }
  const ready = (verb: RestRequest['verb'], options: RequestOptions, body?: JsonValue | KubeObject, more: Partial<RestRequest> = {}): Prepared => ({
    request: { verb, ...coordinates, options: { ...options, managedFields: true, ...(wanted.as === 'Table' ? { asTable: true } : {}) }, ...(body === undefined ? {} : { body }), ...more, userAgent: request.userAgent ?? '' },
    watch: false,
  })
  switch (verb) {
    case 'get':
      return ready('get', { ...getOptions(query), query })
    case 'list':
    case 'watch': {
      const options = listOptions(query, verb === 'watch')
      return isStatus(options) ? options : { ...ready('list', options), watch: verb === 'watch' }
    }
    case 'create':
    case 'update': {
      const media = verb === 'create' ? checkMediaType(request.contentType) : undefined
      if (media) return media
      const options = checkSize(request.body) ?? writeOptions(verb, query, false)
      if (isStatus(options)) return options
      const body = STREAMS.has(path.subresource) ? NO_BODY : (checkMediaType(request.contentType) ?? readBody(request.body, request.contentType, route.bodyKind))
      return isStatus(body) ? body : ready(verb, { ...options, query }, body.value, { complaints: body.complaints })
    }
    case 'patch': {
      const type = patchTypeOf(request.contentType, route.strategic)
      if (typeof type !== 'string') return type
      const options = checkSize(request.body) ?? writeOptions('patch', query, type === 'apply')
      if (isStatus(options)) return options
      const body = readPatch(request.body, type)
      return isStatus(body) ? body : ready('patch', options, body.value, { patchType: type, complaints: body.complaints })
    }
    default:
      return deletion(visit, verb === 'deletecollection', ready)
  }
}

/** Options of a deletion come in the body or, without one, in the query. */
function deletion({ request, query }: Visit, collection: boolean, ready: (verb: RestRequest['verb'], options: RequestOptions) => Prepared): Prepared | Status {
  const list = collection ? listOptions(query, false) : {}
  if (isStatus(list)) return list
  const hasBody = request.body !== undefined && request.body !== ''
  const refused = hasBody ? checkSize(request.body) ?? checkMediaType(request.contentType) : undefined
  if (refused) return refused
  const read = hasBody ? readBody(request.body, request.contentType, 'DeleteOptions') : undefined
  if (isStatus(read)) return read
  const foreign = read && notDeleteOptions(read.value as Partial<KubeObject>)
  if (foreign) return foreign
  const given = read ? (read.value as DeleteOptionsBody) : deleteOptionsOf(query)
  if (isStatus(given)) return given
  const options = checkDeleteOptions(given)
  return isStatus(options) ? options : ready(collection ? 'deletecollection' : 'delete', { ...list, ...options })
}

const OPTIONS_SCHEME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

function notDeleteOptions({ kind, apiVersion = 'v1' }: Partial<KubeObject>): Status | undefined {
  if (!kind || kind === 'DeleteOptions') return undefined
  return badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(OPTIONS_SCHEME)}`)
}

/** Subresources that take their options from the query and whatever bytes come. */
const STREAMS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy'])
const NO_BODY: Read = { value: {}, complaints: [] }

const getOptions = (query: Query): RequestOptions => (first(query, 'resourceVersion') ? { resourceVersion: first(query, 'resourceVersion') } : {})
