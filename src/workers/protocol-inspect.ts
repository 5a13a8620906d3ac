/** What the page is told of parts that it looks into: a request, etcd, a claim's choice. Part of the wire (protocol.ts). */

/** A request's way through the API server, stage by stage, as it was when it was served. */
export interface RequestTrace {
  readonly index: number
  readonly at: number
  readonly client: string
  readonly verb: string
  readonly path: string
  readonly user: string
  readonly groups: readonly string[]
  /** Whether anybody may do everything in this cluster. */
  readonly authorization: string
  /** Plugins that had something to say: the fields they changed, or why they refused. */
  readonly admission: readonly { readonly plugin: string; readonly phase: 'mutating' | 'validating'; readonly changed: readonly string[]; readonly refusal: string | null }[]
  readonly warnings: readonly string[]
  /** The refusal, wherever on the way it came. */
  readonly refusal: { readonly reason: string; readonly message: string; readonly code: number } | null
  /** What was written, with its revision; several for a deletion of many. */
  readonly stored: readonly { readonly key: string; readonly type: string; readonly revision: number }[]
  /** How many watchers were told. */
  readonly told: number
}

/** etcd as it stands at the cursor. Only the API server is its client. */
export interface EtcdState {
  readonly revision: number
  /** Watches from before this revision must list again. */
  readonly compacted: number
  /** Number of keys, in all and by prefix. */
  readonly total: number
  readonly prefixes: readonly { readonly prefix: string; readonly keys: number; readonly watches: number }[]
  /** Keys that the filter selects, with the revision of their last write, latest first. */
  readonly keys: readonly { readonly key: string; readonly revision: number; readonly bytes: number }[]
  readonly matching: number
}

/** Why a claim has the volume that it has, or none: a table of volumes × criteria, and what happens next. */
export interface VolumeChoice {
  readonly criteria: readonly string[]
  /** The volume that is bound or would be taken now. */
  readonly chosen: string | undefined
  /** It is bound; otherwise it would be chosen if the controller looked now. */
  readonly bound: boolean
  readonly rows: readonly { readonly volume: string; readonly size: string; readonly passed: Readonly<Record<string, boolean>>; readonly failed: string | undefined; readonly reservedFor: boolean }[]
  /** Where a claim without a fitting volume stands. */
  readonly otherwise: 'made' | 'waits-for-pod' | 'waits' | 'lost' | undefined
  /** Who would make a volume. */
  readonly provisioner: string | undefined
}
