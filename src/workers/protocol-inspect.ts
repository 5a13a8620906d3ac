/** What the page is told of parts that it looks into: a request, etcd, a claim's choice. Part of the wire (protocol.ts). */

/** A request's way through the API server (sim/observe/request-trace). */
export interface RequestTrace {
  readonly index: number
  readonly at: number
  readonly client: string
  readonly verb: string
  readonly path: string
  readonly user: string
  readonly groups: readonly string[]
  readonly authorization: string
  readonly admission: readonly { readonly plugin: string; readonly phase: 'mutating' | 'validating'; readonly changed: readonly string[]; readonly refusal: string | null }[]
  readonly warnings: readonly string[]
  readonly refusal: { readonly reason: string; readonly message: string; readonly code: number } | null
  readonly stored: readonly { readonly key: string; readonly type: string; readonly revision: number }[]
  readonly told: number
}

/** etcd at the cursor (sim/observe/etcd). */
export interface EtcdState {
  readonly revision: number
  readonly compacted: number
  readonly total: number
  readonly prefixes: readonly { readonly prefix: string; readonly keys: number; readonly watches: number }[]
  readonly keys: readonly { readonly key: string; readonly revision: number; readonly bytes: number }[]
  readonly matching: number
}

/** Volumes × criteria for a claim (sim/observe/volume-choice). */
export interface VolumeChoice {
  readonly criteria: readonly string[]
  readonly chosen: string | undefined
  readonly bound: boolean
  readonly rows: readonly { readonly volume: string; readonly size: string; readonly passed: Readonly<Record<string, boolean>>; readonly failed: string | undefined; readonly reservedFor: boolean }[]
  readonly otherwise: 'made' | 'waits-for-pod' | 'waits' | 'lost' | undefined
  readonly provisioner: string | undefined
}
