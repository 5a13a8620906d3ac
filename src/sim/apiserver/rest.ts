import type { JsonValue, KubeObject } from '../api/meta.ts'

/**
 * The server's side of a request: the same plain data that clients send (client/request.ts has the same shape; the ranks
 * forbid importing it here, and a server does not depend on its clients).
 */
export interface RestRequest {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly body?: KubeObject | JsonValue
  readonly patchType?: 'json' | 'merge' | 'strategic' | 'apply'
  readonly options?: RequestOptions
  /** What strict decoding has to say of the body's text, e.g. members that stood twice. */
  readonly complaints?: readonly string[]
  readonly userAgent?: string
}

export interface RequestOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan'
  readonly limit?: number
  readonly continue?: string
  readonly dryRun?: boolean
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
  readonly fieldManager?: string
  readonly force?: boolean
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly asTable?: boolean
  /** Show who owns which fields (metadata.managedFields). */
  readonly managedFields?: boolean
  /** The whole query, for subresources with parameters of their own. */
  readonly query?: ReadonlyMap<string, readonly string[]>
  /** pods/log */
  readonly container?: string
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly previous?: boolean
  readonly timestamps?: boolean
}
