import type { JsonObject, JsonValue } from '../../api/meta.ts'
import type { Micros } from '../../engine/time.ts'

/** How long each sort of operation may take, in virtual time. */
export interface Timeouts {
  readonly apply: Micros
  readonly assert: Micros
  readonly cleanup: Micros
  readonly delete: Micros
  readonly error: Micros
  readonly exec: Micros
}

/** Chainsaw's own defaults. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  apply: 5_000_000,
  assert: 30_000_000,
  cleanup: 30_000_000,
  delete: 15_000_000,
  error: 30_000_000,
  exec: 5_000_000,
}

export interface Binding {
  readonly name: string
  readonly value: JsonValue
}

export interface Output extends Binding {
  readonly match?: JsonValue
}

/** `expect`: where `match` (or anything, without it) fits the object, `check` decides whether the operation succeeded. */
export interface Expectation {
  readonly match?: JsonValue
  readonly check: JsonValue
}

interface Common {
  /** Where the operation stands in the file, for messages: "spec.steps[0].try[2]". */
  readonly path: string
  readonly description?: string
  readonly timeout?: Micros
  readonly bindings: readonly Binding[]
  readonly outputs: readonly Output[]
}

/** Either the object itself or files that hold objects. */
export interface Source {
  readonly resource?: JsonObject
  readonly file?: string
}

export interface WriteOperation extends Common, Source {
  readonly type: 'apply' | 'create' | 'patch' | 'update'
  readonly dryRun: boolean
  readonly template: boolean
  readonly expect: readonly Expectation[]
}

export interface CheckOperation extends Common, Source {
  readonly type: 'assert' | 'error'
  readonly template: boolean
}

export interface Reference {
  readonly apiVersion: string
  readonly kind: string
  readonly name?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface DeleteOperation extends Common {
  readonly type: 'delete'
  readonly ref?: Reference
  readonly file?: string
  readonly propagation: 'Background' | 'Foreground' | 'Orphan'
  readonly template: boolean
  readonly expect: readonly Expectation[]
}

export interface ScriptOperation extends Common {
  readonly type: 'script'
  readonly content: string
  readonly env: readonly Binding[]
  readonly check?: JsonValue
}

export interface CommandOperation extends Common {
  readonly type: 'command'
  readonly entrypoint: string
  readonly args: readonly string[]
  readonly env: readonly Binding[]
  readonly check?: JsonValue
}

export interface SleepOperation extends Common {
  readonly type: 'sleep'
  readonly duration: Micros
}

export interface WaitOperation extends Common {
  readonly type: 'wait'
  readonly ref: Reference
  readonly selector?: string
  readonly for:
    | { readonly type: 'deletion' }
    | { readonly type: 'condition'; readonly name: string; readonly value?: string }
    | { readonly type: 'jsonPath'; readonly path: string; readonly value?: string }
}

/** `get`, `describe`, `events`, `podLogs`: looks at the cluster through kubectl; never fails a test. */
export interface CollectOperation extends Common {
  readonly type: 'collect'
  readonly argv: readonly string[]
}

export type Operation =
  | WriteOperation
  | CheckOperation
  | DeleteOperation
  | ScriptOperation
  | CommandOperation
  | SleepOperation
  | WaitOperation
  | CollectOperation

export interface Step {
  readonly name: string
  readonly namespace?: string
  readonly bindings: readonly Binding[]
  readonly timeouts: Partial<Timeouts>
  readonly try: readonly Operation[]
  readonly catch: readonly Operation[]
  readonly finally: readonly Operation[]
  readonly cleanup: readonly Operation[]
}

/** One `kind: Test` document of chainsaw.kyverno.io/v1alpha1. */
export interface Test {
  readonly name: string
  readonly description: string
  readonly annotations: Readonly<Record<string, string>>
  /** The namespace to use; without one the runner makes up a name. */
  readonly namespace?: string
  readonly namespaceTemplate?: JsonObject
  readonly skip: boolean
  readonly skipDelete: boolean
  readonly bindings: readonly Binding[]
  readonly timeouts: Partial<Timeouts>
  readonly catch: readonly Operation[]
  readonly steps: readonly Step[]
}
