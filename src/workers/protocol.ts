import type { AnatomyAnswers, AnatomyQuery } from './protocol-anatomy.ts'
import type { OfferedFile, SettingsAnswers, SettingsQuery } from './protocol-settings.ts'
import type { AttemptState, SchedulingQueueState } from './protocol-scheduler.ts'
import type { EtcdState, RequestTrace, VolumeChoice } from './protocol-inspect.ts'

/**
 * The wire between page and worker. Versioned; everything is plain data that structured clone copies. Commands and
 * queries go in with an `id`; the answer comes back with the same `id`. Besides, the worker posts a `Frame` at most once
 * per animation frame with what changed since the last one.
 */
export const PROTOCOL_VERSION = 1
export type * from './protocol-inspect.ts'
export type * from './protocol-anatomy.ts'
export type * from './protocol-settings.ts'
export type * from './protocol-scheduler.ts'

/** A row of the cluster, keyed as in etcd without the prefix: "pods/default/web-7d…", "nodes/node-1". */
export interface RecordChange {
  readonly key: string
  /** The API object, or null when it is gone. */
  readonly value: ApiObject | null
}

export interface ApiObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

/** A sentence: `id` is an i18n key of namespace "sentences", `params` fill it in. */
export interface Sentence {
  readonly id: string
  readonly params: Readonly<Record<string, string | number>>
}

/** One step of history. `index` counts steps from the start of the session along the current branch, from 1. */
export interface HistoryRow {
  readonly index: number
  /** Virtual time, µs. */
  readonly at: number
  readonly actor: string
  readonly what: string
  readonly kind: 'command' | 'change' | 'reconcile' | 'delivery' | 'timer' | 'request'
  /** Objects written by this step, as record keys. */
  readonly touched: readonly string[]
  readonly sentence: Sentence | null
}

/** What a step button would do, found by running ahead and back. Null: nothing to come. */
export interface StepPreview {
  readonly at: number
  readonly actor: string
  readonly sentence: Sentence | null
}

export type StepUnit = 'event' | 'change' | 'reconcile' | 'settle' | 'timer'

export interface BranchInfo {
  readonly id: number
  readonly parent: number | null
  /** Step index and instant at which it leaves its parent. */
  readonly forkIndex: number
  readonly forkAt: number
  /** Last step index and instant known on it. */
  readonly endIndex: number
  readonly endAt: number
  /** Its first command, as label. */
  readonly label: Sentence | null
}

export interface ClockState {
  /** The instant that the page shows, µs. */
  readonly at: number
  /** Steps executed up to the cursor. */
  readonly index: number
  readonly endIndex: number
  readonly endAt: number
  /** Where the session begins for the viewer: the cluster had booted by then. Times are shown relative to `at`. */
  readonly origin: { readonly at: number; readonly index: number }
  readonly playing: boolean
  /** Virtual seconds per real second; Infinity: as fast as possible. */
  readonly speed: number
  readonly branch: number
  /** When nothing is due for now: the instant of the next timer, or null. */
  readonly quietUntil: number | null
}

/** A message under way, for the particles: from when to when, between which places. */
export interface Flight {
  readonly id: number
  /** Places: "kubectl", "apiserver", "etcd", "controllers", "scheduler", "node/node-1". */
  readonly from: string
  readonly to: string
  readonly sentAt: number
  readonly arrivesAt: number
  readonly kind: 'request' | 'response' | 'watch'
  readonly verb: string
  /** "pods/default/web-…" */
  readonly object: string
  readonly ok: boolean
}

/** The state of one control-plane part, for its card. */
export interface ComponentState {
  readonly name: 'apiserver' | 'etcd' | 'controllers' | 'scheduler'
  readonly running: boolean
  readonly figures: Readonly<Record<string, string | number>>
  /** What it has in hand, e.g. "deployment: default/web". */
  readonly busy: string | null
  readonly queued: number
}

export interface Frame {
  readonly type: 'frame'
  readonly clock: ClockState
  readonly changes: readonly RecordChange[]
  /** True: `changes` is everything, forget what you had. */
  readonly reset: boolean
  /** Rows that were appended (or, after a jump, the rows around the cursor). `rowsFrom`: index of the first. */
  readonly rows: readonly HistoryRow[]
  /** The newest step's row at the cursor. */
  readonly current: HistoryRow | null
  readonly branches: readonly BranchInfo[] | null
  readonly flights: readonly Flight[]
  readonly components: readonly ComponentState[]
  /** Set while paused. */
  readonly previews: Readonly<Partial<Record<StepUnit, StepPreview | null>>> | null
  readonly backPreviews: Readonly<Partial<Record<StepUnit, StepPreview | null>>> | null
  /** Marks of the timeline on the current branch: commands and warnings. */
  readonly marks: readonly Mark[] | null
  readonly nodes: readonly NodeFigures[] | null
}

export interface Mark {
  readonly index: number
  readonly at: number
  readonly kind: 'command' | 'warning' | 'bookmark'
  readonly sentence: Sentence
}

/** Per node, milli-CPU and bytes. `used` is 0 where kubelets are faked: then show no bar for it. */
export interface NodeFigures {
  readonly name: string
  readonly fault: 'crashed' | 'frozen' | 'partitioned' | null
  readonly cpu: { readonly requested: number; readonly used: number; readonly allocatable: number }
  readonly memory: { readonly requested: number; readonly used: number; readonly allocatable: number }
}

/** One link of "why?", newest first; the last one is the command (or the boot of the cluster). */
export interface WhyLink {
  readonly index: number
  readonly at: number
  readonly actor: string
  readonly sentence: Sentence
  readonly object: string | null
}

/** One line of the list of control loops. */
export interface LoopSummary {
  readonly controller: string
  readonly stopped: boolean
  readonly queued: number
  readonly processing: number
}

/** A controller's machinery held still, for the loops view (design/mock-loops). */
export interface LoopState {
  readonly controller: string
  readonly workers: number
  readonly stopped: boolean
  /** It does not run because kube-controller-manager's flags leave it out. */
  readonly disabled: boolean
  readonly reflectors: readonly {
    readonly resource: string
    readonly listResourceVersion: string
    readonly lastResourceVersion: string
    readonly recent: readonly { readonly resourceVersion: string; readonly key: string; readonly type: string }[]
    readonly relists: number
  }[]
  readonly deltas: readonly { readonly key: string; readonly types: readonly string[] }[]
  readonly cache: readonly { readonly resource: string; readonly keys: readonly string[]; readonly total: number; readonly indexes: readonly string[] }[]
  readonly queue: {
    readonly queued: readonly string[]
    readonly processing: readonly { readonly key: string; readonly since: number }[]
    readonly dirty: readonly string[]
    readonly backoff: readonly { readonly key: string; readonly failures: number; readonly until: number }[]
  }
  /** The reconcile in hand or the last one: from its 'sync' note. */
  readonly sync: { readonly key: string; readonly params: Readonly<Record<string, string | number>>; readonly at: number } | null
  readonly expectations: readonly { readonly key: string; readonly adds: number; readonly deletes: number }[]
}

/** Deployment's numbers as its controller computes them (api/deployment-numbers). */
export interface RolloutState {
  readonly desired: number
  readonly maxTotal: number
  readonly minAvailable: number
  readonly surge: number
  readonly unavailable: number
  readonly total: number
  readonly available: number
  readonly mayAdd: number
  readonly mayRemove: number
  readonly revisions: readonly { readonly replicaSet: string; readonly revision: string; readonly images: string; readonly replicas: number; readonly available: number; readonly isNew: boolean }[]
  readonly next: Sentence
}

export interface ManifestProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number
  readonly endColumn?: number
  readonly message: string
  readonly severity: 'error' | 'warning'
  /** What is behind it, as a sentence of namespace "mend" (`explain.<id>`). */
  readonly explain?: Sentence
  /** Ways to mend it (`fix.<id>` of namespace "mend") with the whole text afterwards; the likeliest first. */
  readonly fixes?: readonly { readonly title: Sentence; readonly text: string }[]
}

export interface ApplyResult {
  /** One line a document as kubectl prints it: "deployment.apps/web created". */
  readonly lines: readonly { readonly text: string; readonly ok: boolean }[]
  readonly problems: readonly ManifestProblem[]
  /** Documents that are files of components: nothing was sent of them. */
  readonly offers?: readonly OfferedFile[]
}

/** What one can do to a node: faults and their mending, and what kubectl does. */
export type NodeAction = 'crash' | 'restart' | 'reboot' | 'shutdown' | 'freeze' | 'thaw' | 'partition' | 'heal' | 'cordon' | 'uncordon' | 'add' | 'remove'

/** What the page asks for. `Answer<Q>` has the type of each answer. */
export type Query =
  | { readonly type: 'apply'; readonly files: readonly { readonly name: string; readonly text: string }[] }
  | { readonly type: 'check'; readonly files: readonly { readonly name: string; readonly text: string }[] }
  /** Applies the first fix of each error until none is left. */
  | { readonly type: 'mend'; readonly file: { readonly name: string; readonly text: string } }
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  | { readonly type: 'speed'; readonly speed: number }
  | { readonly type: 'step'; readonly unit: StepUnit; readonly back?: boolean }
  | { readonly type: 'seek'; readonly index?: number; readonly at?: number; readonly branch?: number }
  | { readonly type: 'node'; readonly action: NodeAction; readonly name: string }
  /** Stops or starts a control loop: a controller by its name, or "scheduler". */
  | { readonly type: 'component'; readonly name: string; readonly running: boolean }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'terminal'; readonly line: string; readonly session: number }
  | { readonly type: 'interrupt'; readonly session: number }
  /** Ends what runs in a terminal, its background too, and forgets its shell. */
  | { readonly type: 'closeTerminal'; readonly session: number }
  | { readonly type: 'complete'; readonly line: string; readonly cursor: number; readonly session?: number }
  /** Keys or a line for the process at the terminal; `end` closes its input. */
  | { readonly type: 'typed'; readonly session: number; readonly text?: string; readonly end?: boolean }
  | { readonly type: 'edited'; readonly edit: number; readonly text: string | null }
  | { readonly type: 'why'; readonly key: string; readonly path?: string }
  | { readonly type: 'rows'; readonly from: number; readonly count: number; readonly filter?: string }
  | { readonly type: 'loops' }
  /** The last request at or before the cursor. */
  | { readonly type: 'request' }
  | { readonly type: 'etcd'; readonly filter: string }
  /** Why a claim has its volume, or none. */
  | { readonly type: 'volume'; readonly key: string }
  | { readonly type: 'loop'; readonly controller: string }
  | { readonly type: 'attempt'; readonly pod: string }
  | { readonly type: 'schedulingQueue' }
  | { readonly type: 'rollout'; readonly key: string }
  | { readonly type: 'object'; readonly key: string }
  | { readonly type: 'lastApplied'; readonly files: readonly { readonly name: string; readonly text: string }[] }
  | { readonly type: 'save' }
  | { readonly type: 'load'; readonly save: SaveFile }
  | ({ readonly type: 'reset' } & Partial<ClusterSettings>)
  | { readonly type: 'hash' }
  | AnatomyQuery
  | SettingsQuery

export interface Answers extends AnatomyAnswers, SettingsAnswers {
  apply: ApplyResult
  check: { readonly problems: readonly ManifestProblem[] }
  mend: { readonly text: string; readonly count: number }
  play: null
  pause: null
  speed: null
  step: null
  seek: null
  node: null
  component: null
  delete: ApplyResult
  terminal: { readonly exit: number }
  interrupt: null
  closeTerminal: null
  complete: { readonly candidates: readonly string[]; readonly replaceFrom: number }
  typed: null
  edited: null
  why: readonly WhyLink[]
  rows: { readonly rows: readonly HistoryRow[]; readonly total: number }
  loops: readonly LoopSummary[]
  request: RequestTrace | null
  etcd: EtcdState
  volume: VolumeChoice | null
  loop: LoopState | null
  attempt: AttemptState | null
  schedulingQueue: SchedulingQueueState
  rollout: RolloutState | null
  object: { readonly value: ApiObject | null; readonly last: ApiObject | null; readonly endedAt: number | null; readonly endedIndex: number | null }
  /** Never refused: a file that is not in the cluster has `live: ''`. */
  lastApplied: { readonly texts: readonly { readonly name: string; readonly live: string }[] }
  save: SaveFile
  load: { readonly verified: boolean; readonly expected: string | null; readonly found: string }
  reset: null
  hash: { readonly hash: string }
}

/** What a cluster is made from. `kubelet` 'kwok' fakes the kubelets. */
export interface ClusterSettings {
  readonly seed: number
  readonly nodes: number
  readonly kubelet: 'detailed' | 'kwok'
  /** With a modelled cloud, so that Services of type LoadBalancer get an address. */
  readonly cloud?: boolean
  /** With a metrics server, for kubectl top. */
  readonly metrics?: boolean
  /** Settings of components that differ from the start: "kubelet.syncFrequency" → "10s". */
  readonly flags?: Readonly<Record<string, string>>
}

/** The save file: what reproduces a session. Everything else follows from it. */
export interface SaveFile {
  readonly version: 1
  readonly seed: number
  readonly nodes: number
  /** Absent in files of detailed clusters. */
  readonly kubelet?: 'kwok'
  readonly cloud?: true
  readonly metrics?: true
  /** Settings that the cluster was made with; those that were changed later are commands. */
  readonly flags?: Readonly<Record<string, string>>
  /** Branches in order of creation; the first is the trunk. */
  readonly branches: readonly {
    readonly parent: number | null
    readonly forkIndex: number
    /** Last step that was seen on it. */
    readonly endIndex: number
    readonly commands: readonly SavedCommand[]
  }[]
  readonly cursor: { readonly branch: number; readonly index: number; readonly at: number }
  /** State hash at the cursor when saved. */
  readonly hash: string
}

/** A command with its place: executed as step `index` at virtual time `at`. */
export interface SavedCommand {
  readonly index: number
  readonly at: number
  readonly actor: string
  readonly what: string
  readonly payload: unknown
}

export type ToWorker = { readonly id: number; readonly query: Query } | { readonly ack: number }

/** Who reads what is typed at a terminal. */
export type Seat = 'none' | 'plain' | 'tty'

export type FromWorker =
  | Frame
  | { readonly type: 'ready'; readonly protocol: number; readonly booted: boolean }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }
  | { readonly type: 'output'; readonly session: number; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** From now on what is typed goes to a process: on a terminal of its own, which echoes, or as it is; 'none': to the shell again. */
  | { readonly type: 'seat'; readonly session: number; readonly seat: Seat }
  | { readonly type: 'edit'; readonly session: number; readonly edit: number; readonly name: string; readonly text: string }
  /** The simulation broke; the worker is unusable. `save` reproduces the state before the fault. */
  | { readonly type: 'crash'; readonly message: string; readonly save: SaveFile | null }
