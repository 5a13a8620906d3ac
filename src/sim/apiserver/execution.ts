import type { ServedResource } from './http/groups.ts'
import type { RestRequest } from './rest.ts'
import type { JsonValue, KubeObject } from '../api/meta.ts'
import type { Status } from '../api/status.ts'
import type { EventContext } from '../engine/engine.ts'
import type { Random } from '../engine/random.ts'
import type { Micros } from '../engine/time.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import type { Change, ObjectStore } from '../store/store.ts'
import type { AdmissionStep } from './admission/plugin.ts'
import type { WebhookAnswer } from './admission/webhooks/calling.ts'
import type { UserInfo } from './authentication/user.ts'
import type { Authorizer } from './authorization/authorizer.ts'
import type { Managers } from './apply/managers.ts'
import type { Ownership } from './apply/ownership.ts'
import type { AdmissionChains } from './admission/index.ts'
import type { Flags } from '../flags/index.ts'
import type { RequestOptions } from './rest.ts'

export type Outcome<T = unknown> = T | Status

/** What the stages tell of the object that the request is about, and admission's two passes of each other. */
export interface Trail {
  managers?: Managers
  created?: boolean
  /** What was written, in order. */
  changes?: Change[]
  /** Something changed the object that asks for a second pass, and: this is it. */
  runAgain?: boolean
  second?: boolean
  /** Mutating policies that want to look again. */
  policies?: ReadonlySet<string>
  /** Mutating webhooks: those that were asked and would look again, those that must, and what they left behind. */
  hooks?: { readonly asked: Set<string>; readonly again: Set<string>; last: KubeObject }
  /** How long the request waited for webhooks. */
  waited?: Micros
}

/** One request on its way through the server: who, what, when, and the means that the stages need. */
export interface Execution {
  readonly now: Micros
  readonly user: string
  /** A component of the control plane within the simulation: typed by the compiler, so that its objects need no decoding. */
  readonly trusted: boolean
  /** The whole of who asks: name, groups, extra. */
  readonly who: UserInfo
  readonly authorizer: Authorizer
  readonly kind: KindDefinition
  readonly namespace: string | undefined
  readonly name: string
  readonly subresource: string
  readonly options: RequestOptions
  readonly store: ObjectStore
  readonly means: ServerMeans
  /** Warnings for the client (HTTP header Warning), in order. */
  readonly warnings: string[]
  /** What admission plugins did, where somebody wants to know. */
  readonly trace?: AdmissionStep[] | undefined
  /** The client's own name for itself, where it came over HTTP. */
  readonly userAgent: string | undefined
  readonly trail: Trail
  /** The event that brought the request; none for looks from outside, which write nothing. */
  readonly ctx: EventContext | undefined
}

/** The answer to something done that made no object. */
export const accepted: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

/** What a kubelet's own server answers. */
export interface KubeletAnswer {
  readonly code: number
  readonly body: string
  readonly contentType: string
}

/** What the server draws from and asks of its neighbours; the composition root fills in the latter. */
export interface ServerMeans {
  readonly names: Random
  readonly uids: Random
  readonly ownership: Ownership
  /** The server's settings, and the admission plugins that they leave. */
  readonly flags: Flags
  readonly admission: AdmissionChains
  /** What the columns of a resource mean, in their order; [] where nobody has the texts at hand. */
  columnTexts(group: string, plural: string): readonly string[]
  /** Does something listen at a pod's address and port? Undefined where nobody can tell. */
  podListens(ip: string, port: number, now: Micros): boolean | undefined
  /** What a pod's HTTPS server answers to an admission review; undefined where nothing there speaks TLS. */
  callWebhook?(ip: string, port: number, path: string, review: JsonValue, now: Micros): WebhookAnswer | undefined
  /** Told of each write of a request that reached the store, in order. */
  committed(exec: Execution, change: Change): void
  /** Does a part of the control plane run? For ComponentStatus. */
  runs(component: string): boolean
  /** The kubelet's answer to GET pods/log. */
  podLog(pod: KubeObject, options: RequestOptions, now: Micros): Outcome<string>
  /** What a node's kubelet answers to a GET of this path, or why it cannot be reached. */
  kubelet?(node: KubeObject, path: string, query: ReadonlyMap<string, readonly string[]>, now: Micros): KubeletAnswer | string
  /** A server of the cluster that requests for one group are passed on to, while its APIService is available. */
  readonly aggregated?: { readonly group: string; readonly resources: readonly ServedResource[]; serves(group: string): boolean; answer(request: RestRequest, now: Micros): unknown }
  /** Passes POST pods/exec, attach and portforward on to the kubelet, which answers to `then` at the end of it; a Status refuses at once. */
  podExec?(ctx: EventContext, pod: KubeObject, body: JsonValue, then: { readonly actor: string; readonly what: string; readonly data?: unknown }, what: 'exec' | 'attach' | 'portforward'): Status | undefined
  /** Serves a request that came by its path, as the HTTP door does. */
  serveRaw?(ctx: EventContext, raw: { readonly method: string; readonly path: string; readonly query?: string; readonly contentType?: string; readonly body?: JsonValue }, who: UserInfo): { readonly code: number; readonly body: JsonValue; readonly warnings: readonly string[] }
  /** Fields that are computed when looked at, e.g. the renewTime of a healthy node's lease. */
  overlay(resource: string, object: KubeObject, now: Micros): KubeObject
}

export type Body = KubeObject | JsonValue | undefined
