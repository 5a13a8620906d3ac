/** What the page asks and is told of the components' settings, their files, reconciles, and the modelled storage. Part of the wire (protocol.ts). */

/** A setting of a component (sim/flags). */
export interface FlagState {
  /** "kube-controller-manager.node-monitor-period": what it does is the text of this key in namespace "flags". */
  readonly id: string
  readonly component: string
  readonly name: string
  readonly type: string
  readonly text: string
  /** The default. */
  readonly initial: string
}

/** One reconcile of a controller on the path behind the cursor. */
export interface ReconcileState {
  readonly key: string
  /** The step that began it, and the one that ended it; null while it waits. */
  readonly index: number
  readonly at: number
  readonly endIndex: number | null
  readonly endAt: number | null
  /** Desired, observed, difference and what else it said of itself, where it did. */
  readonly params: Readonly<Record<string, string | number>>
  /** What was read: kinds with their numbers, or the one object's name. */
  readonly reads: readonly { readonly kind: string; readonly count: number; readonly name: string | null }[]
  /**
   * Requests that it sent, at which step, and what became of them: 'ok', the reason of a refusal, or null while nobody has answered.
   * `object`: "pods/default/web-1", with "?" for a name that the server makes.
   */
  readonly actions: readonly { readonly verb: string; readonly object: string; readonly index: number; readonly answer: string | null; readonly answeredIndex: number | null }[]
  readonly outcome: 'done' | 'retry' | 'running' | 'forgotten'
  /** Why it is tried again. */
  readonly why: string | null
  /** When its key comes up again by itself: after a back-off or a time of its own. */
  readonly again: number | null
}

/** The modelled storage of one driver: its zones' room in bytes, what a person broke, the last calls. */
export interface StorageState {
  readonly driver: string
  readonly pools: readonly { readonly zone: string; readonly bytes: number; readonly free: number }[]
  readonly methods: readonly string[]
  readonly codes: readonly string[]
  readonly faults: readonly { readonly method: string; readonly code: string; readonly desc: string; readonly left: number | null }[]
  readonly calls: readonly { readonly at: number; readonly method: string; readonly from: string; readonly about: string; readonly code: string }[]
}

export type StorageAct =
  | { readonly act: 'fault'; readonly method: string; readonly code: string; readonly desc: string; readonly left: number | null }
  | { readonly act: 'heal'; readonly method: string }
  | { readonly act: 'pool'; readonly zone: string; readonly bytes: number }

/** Components that take a file of their own, and the kind of it. */
export type ConfiguredComponent = 'kube-scheduler' | 'kubelet'

export type SettingsQuery =
  /** JSON schemas of components' files, for the editor. */
  | { readonly type: 'fileSchemas' }
  | { readonly type: 'flags' }
  /** Could a cluster be made with these? */
  | { readonly type: 'flagsProblem'; readonly flags: Readonly<Record<string, string>>; readonly kubelet: 'detailed' | 'kwok' }
  /** null: the default. */
  | { readonly type: 'flag'; readonly flag: string; readonly value: string | null }
  | { readonly type: 'reconciles'; readonly controller: string; readonly count: number }
  | { readonly type: 'storage'; readonly driver: string }
  | { readonly type: 'storageAct'; readonly driver: string; readonly command: StorageAct }
  /** The file that a component runs with, complete. */
  | { readonly type: 'configuration'; readonly component: ConfiguredComponent }
  /** Restarts a component with a file; null: with its defaults. */
  | { readonly type: 'configure'; readonly component: ConfiguredComponent; readonly text: string | null }

export interface SettingsAnswers {
  fileSchemas: readonly { readonly apiVersion: string; readonly kind: string; readonly schema: object }[]
  flags: readonly FlagState[]
  flagsProblem: { readonly problem: string | null }
  flag: { readonly problem: string | null }
  reconciles: readonly ReconcileState[]
  storage: StorageState | null
  storageAct: null
  configuration: { readonly text: string }
  configure: { readonly problems: readonly string[] }
}

/** A document of the editor that is no API object but a component's file. */
export interface OfferedFile {
  readonly component: ConfiguredComponent
  readonly kind: string
  readonly text: string
}

