import type { JsonValue, KubeObject } from '../api/meta.ts'
import type { ExecRequest } from '../api/pod-streams.ts'
import { badRequest, isStatus, methodNotSupported, notFound, resourceNotFound, serviceUnavailable, type Status } from '../api/status.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Random } from '../engine/random.ts'
import { ms, type Micros } from '../engine/time.ts'
import { scheme } from '../kinds/index.ts'
import { Store, type Change } from '../store/store.ts'
import { storedChange, VersionedStore } from '../store/versioned-store.ts'
import { impersonating, type Impersonation } from './authentication/impersonation.ts'
import { userNamed, type UserInfo } from './authentication/user.ts'
import { authenticate } from './http/identity.ts'
import { exactFields, pathRequest, resourceRequest, type Attributes } from './authorization/attributes.ts'
import { admitConnection, wishedStream, withOptions } from './admission/connect.ts'
import type { AdmissionStep } from './admission/plugin.ts'
import { Authorizer, type AuthorizationMode } from './authorization/authorizer.ts'
import { reviewKind, type ReviewKind } from './authorization/reviews.ts'
import { componentStatusKind } from '../kinds/componentstatus/index.ts'
import type { KindDefinition, StoredAs } from '../kinds/definition.ts'
import { withComponentStatuses } from './component-statuses.ts'
import { ConversionFailure, versionsOf } from './custom/converting.ts'
import { CustomKinds } from './custom/custom-kinds.ts'
import { refusedByEnd } from './custom/establishing.ts'
import { collectionOf } from './keys.ts'
import { Ownership } from './apply/ownership.ts'
import { withManagers } from './apply/showing.ts'
import type { Execution, KubeletAnswer, Outcome, ServerMeans, Trail } from './execution.ts'
import { plainRefusal } from './plain-refusal.ts'
import { ServedGroups, type ServedResource } from './http/groups.ts'
import type { RequestPath } from './http/path.ts'
import { tableOf, type Table } from './reading.ts'
import type { RequestOptions, RestRequest } from './rest.ts'
import { route, withBody } from './routing.ts'
import { EventLeases } from './event-leases.ts'
import { innerControllers } from './within/index.ts'
import { InnerControllers } from './within/inner.ts'
import { isPassedOn, isUnavailable } from './within/api-services.ts'
import { newUid } from './uid.ts'
import { AdmissionChains } from './admission/index.ts'
import { flagsIn } from '../flags/index.ts'
import { ANONYMOUS_AUTH } from '../flags/kube-apiserver.ts'
import { Listener, type WatchRow } from './listener.ts'
import { WatchHub } from './watch-hub.ts'

/** A request by its path, for clients that bring no coordinates (kubectl --raw). */
export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly query?: string
  readonly contentType?: string
  readonly body?: JsonValue
}

/** The event that brings a request, as client/transport.ts sends it. */
interface Arrived {
  readonly request: RestRequest & { readonly impersonate?: Impersonation; readonly token?: string; readonly raw?: RawRequest }
  readonly user: string | UserInfo
  readonly client: string
  readonly sentAt: Micros
  readonly then?: { readonly actor: string; readonly what: string; readonly data?: unknown }
}

/** A request's way and end, for traces: what the page shows of it. */
export interface Served {
  readonly answer: Outcome
  readonly warnings: readonly string[]
  readonly changes: readonly Change[]
  /** The request made the object that it names. */
  readonly created: boolean
  /** How long it waited for webhooks. */
  readonly waited?: Micros
}

const NO_OPTIONS: RequestOptions = {}
const NO_TEXTS: readonly string[] = []
const NO_CHANGES: readonly Change[] = []

/** A part of the control plane: it sends its name only, whereas the door sends users whom it has authenticated. */
const isComponent = (sender: string | UserInfo): boolean => typeof sender === 'string' && sender.startsWith('system:') && sender !== 'system:anonymous'

/** What the server warns people of whenever they touch a resource. */
const DEPRECATED: Readonly<Record<string, string>> = {
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
}

/** The API server: one actor that executes requests one by one against the store and tells the watchers. */
export class ApiServer {
  readonly store: Store
  readonly hub: WatchHub
  readonly custom: CustomKinds
  readonly groups: ServedGroups
  readonly authorizer: Authorizer
  /** The stream that object uids are drawn from. */
  readonly uids: Random
  readonly #means: ServerMeans
  readonly #leases: EventLeases
  readonly #inner: InnerControllers

  constructor(engine: Engine, hooks: Partial<Pick<ServerMeans, 'podLog' | 'podExec' | 'overlay' | 'columnTexts' | 'serveRaw' | 'podListens' | 'callWebhook' | 'aggregated' | 'kubelet' | 'runs'>> = {}, authorization: AuthorizationMode = 'AlwaysAllow') {
    this.store = new Store(engine)
    this.custom = new CustomKinds(this.store)
    const { custom } = this
    this.groups = new ServedGroups({ all: () => [...custom.all(), ...this.#passedOn()], find: (group, version, plural) => custom.find(group, version, plural) })
    this.authorizer = new Authorizer(this.store, authorization)
    this.hub = new WatchHub(engine, (kind, now) => this.#watched(kind, now))
    this.#leases = new EventLeases(engine)
    this.uids = engine.stream('apiserver/uids')
    this.#means = {
      names: engine.stream('apiserver/names'),
      uids: this.uids,
      ownership: new Ownership(engine),
      flags: flagsIn(engine),
      admission: new AdmissionChains(flagsIn(engine)),
      columnTexts: hooks.columnTexts ?? (() => NO_TEXTS),
      podListens: hooks.podListens ?? (() => undefined),
      podLog: hooks.podLog ?? (() => badRequest('no kubelet serves logs in this cluster')),
      runs: hooks.runs ?? (() => true),
      committed: (exec, change) => this.#committed(exec, change),
      overlay: hooks.overlay ?? ((_resource, object) => object),
      ...(hooks.podExec ? { podExec: hooks.podExec } : {}),
      ...(hooks.callWebhook ? { callWebhook: hooks.callWebhook } : {}),
      ...(hooks.aggregated ? { aggregated: hooks.aggregated } : {}),
      ...(hooks.kubelet ? { kubelet: hooks.kubelet } : {}),
      ...(hooks.serveRaw ? { serveRaw: hooks.serveRaw } : {}),
    }
    const listens = (now: Micros) => (ip: string, port: number): boolean | undefined => this.#means.podListens(ip, port, now)
    this.#inner = new InnerControllers(this.store, this.hub, this.custom, innerControllers(listens, (group) => hooks.aggregated?.serves(group) ?? false), () => newUid(this.uids), (ctx, event) => this.execute({ verb: 'create', group: 'events.k8s.io', version: 'v1', resource: 'events', namespace: event.metadata.namespace, body: event }, 'system:apiserver', ctx.now, ctx))
    engine.actor('apiserver', {
      request: (ctx, arrived: Arrived) => this.#serve(ctx, arrived),
      watch: (ctx, row: WatchRow) => this.#watch(ctx, row),
      inner: (ctx, key: readonly [string, string]) => this.#inner.sync(ctx, key),
      unwatch: (_ctx, id: string) => this.hub.open.delete(id),
      'lease-ended': (ctx, lease: string) => this.#expire(ctx, lease),
    })
  }

  /**
   * Executes a request at once, without travel. Inside an event it writes and tells the watchers; outside of one only
   * reads and dry runs that draw no names are possible. `trace` is told what admission did. `sender` is a user, or the name of one as `userNamed` knows it.
   */
  execute(asking: RestRequest, sender: string | UserInfo, now: Micros, ctx?: EventContext, trace?: AdmissionStep[]): Served {
    const request = asking.resource === 'bindings' ? asSubresource(asking) : asking
    const warnings: string[] = []
    const who = typeof sender === 'string' ? userNamed(sender) : sender
    const user = who.name
    const trusted = isComponent(sender)
    const refused = this.authorizer.isFree(who) ? undefined : this.authorizer.refuse(asked(request, who))
    if (refused) return unwritten(refused, warnings)
    if (this.passesOn(request)) return unwritten(this.#means.aggregated!.answer(request, now), warnings)
    const review = reviewKind(request.group, request.version, request.resource)
    const kind = review?.kind ?? this.kind(request)
    const ended = kind ? refusedByEnd(kind, request.verb) : isUnavailable(this.store, request) ? serviceUnavailable('the server is currently unable to handle the request') : resourceNotFound()
    if (!kind || ended) return unwritten(ended, warnings)
    // What nobody stores can only be read.
    if (kind === componentStatusKind && request.verb !== 'get' && request.verb !== 'list') return unwritten(methodNotSupported({ group: '', resource: kind.plural }, request.verb), warnings)
    const deprecated = trusted ? undefined : DEPRECATED[kind.plural]
    if (deprecated) warnings.push(deprecated)
    const trail: Trail = {}
    const as = kind.custom ? versionsOf(kind, { store: this.store, means: this.#means, now }, trail) : kind.storedAs
    const exec: Execution = {
      now,
      user,
      who,
      trusted,
      authorizer: this.authorizer,
      kind,
      namespace: kind.namespaced ? request.namespace : undefined,
      name: request.name ?? '',
      subresource: request.subresource ?? '',
      options: request.options ?? NO_OPTIONS,
      store: as ? new VersionedStore(this.store, collectionOf(kind), as) : kind === componentStatusKind ? withComponentStatuses(this.store, this.#means.runs) : this.store,
      means: this.#means,
      warnings,
      userAgent: request.userAgent,
      trail,
      trace,
      ctx,
    }
    const answer = review ? reviewed(exec, request, review) : as === kind.storedAs ? route(exec, request) : routeConverting(exec, request)
    const shown = exec.options.managedFields ? withManagers(exec, answer) : answer
    return { answer: shown, warnings: warnings.length > 1 ? [...new Set(warnings)] : warnings, changes: trail.changes ?? NO_CHANGES, created: trail.created ?? false, ...(trail.waited ? { waited: trail.waited } : {}) }
  }

  /** A write has reached the store: whoever watches is told. */
  #committed({ trail, ctx, kind }: Execution, told: Change): void {
    const change = storedChange(told)
    // Nearly all requests write once at most: a list of one is made as such, as lists that grow take room for many.
    if (trail.changes) trail.changes.push(change)
    else trail.changes = [change]
    if (!ctx) return
    if (change.resource === 'events' && change.type !== 'DELETED') this.#leases.attach(ctx, change.key, change.revision)
    this.hub.dispatch(ctx, kind, change)
    this.#inner.told(ctx, change)
  }

  /** Versions as watches see them: what a webhook cannot convert just now is told as it is stored, with the other apiVersion. */
  #watched(kind: KindDefinition, now: Micros): StoredAs | undefined {
    const as = versionsOf(kind, { store: this.store, means: this.#means, now }, {})
    const plain = kind.storedAs
    if (!as || !plain || as === plain) return as
    return { ...as, fromStored: (object) => unlessFailed(() => as.fromStored(object)) ?? plain.fromStored(object) }
  }

  /** Events whose hour is over go with their lease. */
  #expire(ctx: EventContext, lease: string): void {
    const kind = scheme.resource('', 'v1', 'events')!
    const keys = this.#leases.end(lease, (key) => Number(this.store.get(key)?.metadata.resourceVersion))
    for (const key of keys) {
      const change = this.store.remove(key)
      if (change) this.hub.dispatch(ctx, kind, change)
    }
    if (keys.length > 0) ctx.note('apiserver.eventsExpired', { count: keys.length })
  }

  /** Are requests for the group answered by a server behind an APIService, and is that available? */
  passesOn(to: Pick<RestRequest, 'group' | 'version'>): boolean {
    return this.#means.aggregated?.group === to.group && isPassedOn(this.store, to)
  }

  /** What a node's kubelet answers to a GET of this path; a text says why it does not. */
  askKubelet(node: KubeObject, path: string, query: ReadonlyMap<string, readonly string[]>, now: Micros): KubeletAnswer | string {
    return this.#means.kubelet?.(node, path, query, now) ?? 'no kubelet serves requests in this cluster'
  }

  /** What servers behind APIServices serve, for discovery, whether they answer just now or not (kube-aggregator: handler_apis.go). */
  #passedOn(): readonly ServedResource[] {
    return (this.#means.aggregated?.resources ?? []).filter(({ group, version }) => this.store.get(`apiservices/${version}.${group}`))
  }

  /** The kind behind REST coordinates: one of Kubernetes' own, or what a CustomResourceDefinition makes. */
  kind({ group, version, resource }: Pick<RestRequest, 'group' | 'version' | 'resource'>): KindDefinition | undefined {
    return scheme.resource(group, version, resource) ?? this.custom.kind(group, version, resource)
  }

  /** Objects of a kind as rows, as events of a watch bring them to who asks for tables. */
  table(kind: KindDefinition, object: KubeObject, now: Micros): Table {
    return tableOf({ kind, means: this.#means, now }, [object], { resourceVersion: object.metadata.resourceVersion })
  }

  /** Are requests without any credentials served (--anonymous-auth)? */
  get allowsAnonymous(): boolean {
    return this.#means.flags.get(ANONYMOUS_AUTH)
  }

  /** May the user do this? The refusal where not. */
  authorize(user: UserInfo, verb: string, path: RequestPath, fieldSelector = ''): Status | undefined {
    return this.authorizer.refuse(this.attributes(user, verb, path, fieldSelector))
  }

  /** What the authorizer is asked about a request over HTTP. */
  attributes(user: UserInfo, verb: string, path: RequestPath, fieldSelector = ''): Attributes {
    if (!path.isResource) return pathRequest(user, verb, path.path)
    const { group, resource, namespace, name, subresource } = path
    const fields = fieldSelector ? exactFields(fieldSelector) : undefined
    const named = name || (verb === 'list' || verb === 'watch' ? fields?.['metadata.name'] : undefined) || ''
    const plain = resourceRequest(user, verb, group, resource, namespace, named, subresource)
    return fields ? { ...plain, fields } : plain
  }

  #serve(ctx: EventContext, arrived: Arrived): void {
    const { request, then } = arrived
    const user = request.token === undefined ? arrived.user : authenticate({ method: '', path: '', token: request.token }, this, ctx.now)
    const sender = request.impersonate && !isStatus(user) ? this.#impersonate(request, request.impersonate, user) : user
    if (request.raw && !isStatus(sender) && then && this.#means.serveRaw) {
      const { code, body, warnings } = this.#means.serveRaw(ctx, request.raw, typeof sender === 'string' ? userNamed(sender) : sender)
      ctx.schedule(ms(1), then.actor, then.what, { answer: code >= 400 && typeof body === 'string' ? plainRefusal(code, body) : body, data: then.data, sentAt: ctx.now, warnings })
      return
    }
    if (isStream(request.subresource) && request.resource === 'pods' && !isStatus(sender) && then && this.#means.podExec) return this.#exec(ctx, request, sender, then)
    const served = isStatus(sender) ? { answer: sender, warnings: [], changes: [], created: false } : this.execute(request, sender, ctx.now, ctx)
    note(ctx, arrived, served)
    if (!then) return
    // Committing takes the time of an fsync; reads are answered from the watch cache.
    const took = (served.waited ?? 0) + (served.changes.length > 0 ? ms(4) + ctx.random.below(4000) : 200 + ctx.random.below(400))
    ctx.schedule(took, then.actor, then.what, { answer: served.answer, data: then.data, sentAt: ctx.now, warnings: served.warnings })
  }

  /** POST pods/exec, attach and portforward are answered by the kubelet, at the end of the stream. */
  #exec(ctx: EventContext, request: RestRequest, sender: string | UserInfo, then: NonNullable<Arrived['then']>): void {
    const pod = this.store.get(`pods/${request.namespace}/${request.name}`)
    const refused = this.authorizer.refuse(asked(request, typeof sender === 'string' ? userNamed(sender) : sender))
    const wish = request.body as unknown as ExecRequest
    const admitted = refused || !pod ? undefined : this.connect(sender, request, wishedStream(request.subresource!, wish), ctx.now)
    const options = admitted && !isStatus(admitted.options) ? admitted.options : undefined
    const opened = (): Status | undefined => this.#means.podExec!(ctx, pod!, withOptions(wish, options) as unknown as JsonValue, then, request.subresource as 'exec')
    const answer = refused ?? (options ? opened() : (admitted?.options ?? notFound({ group: '', resource: 'pods' }, request.name ?? '')))
    if (answer) ctx.schedule(ms(1) + (admitted?.waited ?? 0), then.actor, then.what, { answer, data: then.data, sentAt: ctx.now, warnings: admitted?.warnings ?? [] })
  }

  /** What policies and webhooks make of opening a stream to a pod: its options, or a refusal. */
  connect(sender: string | UserInfo, { namespace, name = '', subresource = '' }: Pick<RestRequest, 'namespace' | 'name' | 'subresource'>, options: KubeObject, now: Micros): { readonly options: KubeObject | Status; readonly waited: Micros; readonly warnings: readonly string[] } {
    const who = typeof sender === 'string' ? userNamed(sender) : sender
    const warnings: string[] = []
    const trail: Trail = {}
    const admitted = admitConnection({
      now, user: who.name, who, trusted: isComponent(sender), authorizer: this.authorizer, kind: scheme.resource('', 'v1', 'pods')!, namespace, name, subresource, options: NO_OPTIONS,
      store: this.store, means: this.#means, warnings, userAgent: undefined, trail, ctx: undefined,
    }, options)
    return { options: admitted, waited: trail.waited ?? 0, warnings }
  }

  #impersonate(request: RestRequest, wanted: Impersonation, user: string | UserInfo): UserInfo | Status {
    return impersonating(this.authorizer, wanted, asked(request, typeof user === 'string' ? userNamed(user) : user))
  }

  /** Opens a watch: with the present state first, or with what happened since its resourceVersion. */
  #watch(ctx: EventContext, row: WatchRow): void {
    const kind = this.kind(row)
    if (!kind) return
    const stored = collectionOf(kind)
    this.hub.open.set(row.id, stored === row.resource ? row : { ...row, stored })
    ctx.note('apiserver.watch', { client: row.client, resource: row.resource })
    if (row.resourceVersion !== undefined) {
      const news = this.store.changesSince(stored, Number(row.resourceVersion))
      if (!news) {
        this.hub.open.delete(row.id)
        this.hub.greet(ctx, row, 'EXPIRED', this.store.revision)
        return
      }
      const listener = new Listener(row)
      for (const change of news) listener.deliver(ctx, kind, change, (of, now) => this.#watched(of, now))
      return
    }
    const options: RequestOptions = { labelSelector: row.labelSelector, fieldSelector: row.fieldSelector }
    const { answer } = this.execute({ verb: 'list', group: row.group, version: row.version, resource: row.resource, namespace: row.namespace, options }, 'system:apiserver', ctx.now)
    const items = isStatus(answer) ? [] : (answer as { items: readonly KubeObject[] }).items
    this.hub.greet(ctx, row, 'SYNC', this.store.revision, items)
  }
}

/** What a conversion comes to; undefined where it fails. */
function unlessFailed<T>(body: () => T): T | undefined {
  try {
    return body()
  } catch (reason) {
    if (reason instanceof ConversionFailure) return undefined
    throw reason
  }
}

/** Carries out a request whose objects go through a conversion webhook; what the webhook cannot do is the answer. */
function routeConverting(exec: Execution, request: RestRequest): Outcome {
  try {
    return route(exec, request)
  } catch (reason) {
    if (!(reason instanceof ConversionFailure)) throw reason
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: reason.message, code: 500 } as Status
  }
}

const unwritten = (answer: Outcome, warnings: readonly string[]): Served => ({ answer, warnings, changes: NO_CHANGES, created: false })

/** What a review says of the question in the body. */
const reviewed = (exec: Execution, request: RestRequest, { answer }: ReviewKind): Outcome =>
  withBody(exec, request, (object) => answer({ authorizer: exec.authorizer, who: exec.who, now: exec.now, namespace: request.namespace ?? '' }, object))

const isStream = (subresource: string | undefined): boolean => subresource === 'exec' || subresource === 'attach' || subresource === 'portforward'

/** What the authorizer is asked: the name of namespaces is their namespace, a field selector may name one object (requestinfo.go). */
function asked({ verb, group, resource, namespace = '', name = '', subresource = '', options }: RestRequest, who: UserInfo): Attributes {
  const fields = options?.fieldSelector ? exactFields(options.fieldSelector) : undefined
  const named = name || (verb === 'list' && fields?.['metadata.name']) || ''
  const home = resource === 'namespaces' && group === '' ? name : namespace
  const plain = resourceRequest(who, verb, group, resource, home, named, subresource)
  return fields ? { ...plain, fields } : plain
}

/** POST …/bindings is an older name of pods/binding (registry/core/pod: LegacyBindingREST). */
function asSubresource(request: RestRequest): RestRequest {
  const name = (request.body as Partial<KubeObject> | undefined)?.metadata?.name
  return { ...request, resource: 'pods', subresource: 'binding', name: typeof name === 'string' ? name : '' }
}

const VERBS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE', get: 'GET', list: 'GET' }

function note(ctx: EventContext, { request, client }: Arrived, { answer, changes }: Served): void {
  const verb = VERBS[request.verb]!
  if (isStatus(answer)) ctx.note('apiserver.refused', { client, verb, object: nameOf(request), reason: answer.reason ?? '', message: answer.message ?? '' })
  else if (changes.length > 0) ctx.note('apiserver.stored', { client, verb, object: changes[0]!.key, revision: changes[0]!.revision })
  else ctx.note('apiserver.served', { client, verb, object: nameOf(request) })
}

/** "pods/default/web-1/status": what a request is about. */
function nameOf({ resource, namespace, name, subresource, body }: RestRequest): string {
  const named = name ?? (body as KubeObject | undefined)?.metadata?.name ?? ''
  return `${resource}${namespace ? `/${namespace}` : ''}${named ? `/${named}` : ''}${subresource ? `/${subresource}` : ''}`
}
