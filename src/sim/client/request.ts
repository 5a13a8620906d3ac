import type { JsonValue, KubeObject } from '../api/meta.ts'
import type { Impersonation } from '../apiserver/authentication/impersonation.ts'
import type { UserInfo } from '../apiserver/authentication/user.ts'

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'
export type Propagation = 'Background' | 'Foreground' | 'Orphan'

/** One REST request as plain data. `resource` is the plural; `group` '' is the core group. */
export interface Request {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly body?: KubeObject | JsonValue
  readonly patchType?: PatchType
  readonly options?: RequestOptions
  /** Who asks, where that is not the client's own user (kubectl's contexts). */
  readonly user?: UserInfo
  readonly impersonate?: Impersonation
  /** A bearer token that the server has to look at. */
  readonly token?: string
  readonly userAgent?: string
  /** A path instead of coordinates (kubectl --raw); the other fields then say nothing. */
  readonly raw?: { readonly method: string; readonly path: string; readonly query?: string; readonly contentType?: string; readonly body?: JsonValue }
}

export interface RequestOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly limit?: number
  readonly continue?: string
  readonly dryRun?: boolean
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  readonly fieldManager?: string
  readonly force?: boolean
  readonly propagationPolicy?: Propagation
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  /** Ask for a meta.k8s.io/v1 Table instead of the objects. */
  readonly asTable?: boolean
  /** Show who owns which fields. */
  readonly managedFields?: boolean
}

interface Resource {
  readonly group: string
  readonly version: string
  readonly resource: string
}

export const PODS: Resource = { group: '', version: 'v1', resource: 'pods' }
export const NODES: Resource = { group: '', version: 'v1', resource: 'nodes' }
export const NAMESPACES: Resource = { group: '', version: 'v1', resource: 'namespaces' }
export const SERVICES: Resource = { group: '', version: 'v1', resource: 'services' }
export const ENDPOINTS: Resource = { group: '', version: 'v1', resource: 'endpoints' }
export const EVENTS: Resource = { group: '', version: 'v1', resource: 'events' }
export const CONFIG_MAPS: Resource = { group: '', version: 'v1', resource: 'configmaps' }
export const SECRETS: Resource = { group: '', version: 'v1', resource: 'secrets' }
export const SERVICE_ACCOUNTS: Resource = { group: '', version: 'v1', resource: 'serviceaccounts' }
export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }
export const DEPLOYMENTS: Resource = { group: 'apps', version: 'v1', resource: 'deployments' }
export const REPLICA_SETS: Resource = { group: 'apps', version: 'v1', resource: 'replicasets' }
export const DAEMON_SETS: Resource = { group: 'apps', version: 'v1', resource: 'daemonsets' }
export const CONTROLLER_REVISIONS: Resource = { group: 'apps', version: 'v1', resource: 'controllerrevisions' }
export const ENDPOINT_SLICES: Resource = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' }

type Verb = Request['verb']
type What = Pick<Request, 'name' | 'subresource' | 'body' | 'patchType' | 'options'>
const NOTHING: What = {}

/** Written out, so that all requests of actors have one form: most of them are made and read on hot paths. */
const requestFor = (verb: Verb, { group, version, resource }: Resource, namespace: string | undefined, { name, subresource, body, patchType, options }: What = NOTHING): Request => ({
  verb, group, version, resource, namespace, name, subresource, body, patchType, options,
})

/** Builders, so that actors say what they mean in one line. */
export const create = (r: Resource, namespace: string | undefined, body: KubeObject): Request => requestFor('create', r, namespace, { body })
/** A create below an object, such as a binding. */
export const createBelow = (r: Resource, of: KubeObject, subresource: string, body: KubeObject): Request =>
  requestFor('create', r, of.metadata.namespace, { name: of.metadata.name, subresource, body })
export const update = (r: Resource, body: KubeObject, subresource?: string): Request => requestFor('update', r, body.metadata.namespace, { name: body.metadata.name, subresource, body })
export const patch = (r: Resource, of: KubeObject, body: JsonValue, patchType: PatchType = 'strategic', subresource?: string): Request =>
  requestFor('patch', r, of.metadata.namespace, { name: of.metadata.name, subresource, body, patchType })
export const remove = (r: Resource, of: KubeObject, options?: RequestOptions): Request => requestFor('delete', r, of.metadata.namespace, { name: of.metadata.name, options })
export const get = (r: Resource, namespace: string | undefined, name: string): Request => requestFor('get', r, namespace, { name })
export const list = (r: Resource, namespace?: string, options?: RequestOptions): Request => requestFor('list', r, namespace, { options })
