import type { ReconcileContext } from '../client/reconcile-context.ts'
import type { Followed } from '../client/resumable.ts'
import type { WatchDelivery, WatchSpec } from '../client/transport.ts'
import type { Micros } from '../engine/time.ts'
import type { Flags } from './flags.ts'
import type { Connection } from './connection.ts'
import type { KubeConfig } from './kubeconfig.ts'
import type { Listening } from './listening.ts'

/**
 * What a verb sees. Verbs are resumable functions like reconciles (client/reconcile-context.ts says the rules): written in
 * direct style, run again from the top with the log replayed. Output is an effect that happens once.
 */
export interface KubectlContext extends Pick<ReconcileContext, 'now' | 'call' | 'all' | 'sleep' | 'once' | 'random'> {
  readonly stdin: string | undefined
  /** Standard input is a terminal at which somebody sits. */
  readonly interactive: boolean
  /** From now on what is typed goes to the process in a container that is asked for next. */
  expectInput(tty: boolean): void
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** Writes a file of the working directory (or an absolute path). */
  saveFile(path: string, text: string): void
  /** Takes a local port for what connects to it; false when it is taken. */
  listen(port: number, address: string, leads: Listening): boolean
  /** Adds text to stdout, newline included where one is wanted. */
  out(text: string): void
  err(text: string): void
  /**
   * Watches and feeds every event to `step` until it says `{ done }`; `{ state }` goes on. Gives the result, or undefined
   * after `timeout` µs. `step` may write output but must not call the API.
   */
  follow<S, R>(spec: WatchSpec, initial: S, step: (state: S, event: WatchDelivery) => Followed<S, R>, timeout?: Micros): R | undefined
  /** A loop whose finished turns are not replayed; `body` returns plain data, and gets the results so far. */
  each<T>(count: number, body: (index: number, before: T | undefined) => T): readonly T[]
  /** Repeats `body` until it says `{ done }`; only the state is kept from turn to turn. */
  loop<S, R>(initial: S, body: (state: S) => Followed<S, R>): R
  /** Opens the user's editor on a text and waits; null: closed without saving. */
  edit(name: string, text: string): string | null
  /** How requests find their user, asked for when the first one is sent. */
  connect(how: () => Connection): void
  /** ~/.kube/config, which outlives the command. */
  readonly config: KubeConfig
  saveConfig(config: KubeConfig): void
  /** Warnings that came with API answers so far (for --warnings-as-errors). */
  readonly warnings: number
}

/** A command line, taken apart: the verb's path, its arguments and flags. */
export interface Invocation {
  /** Full names: ["rollout", "status"]. */
  readonly path: readonly string[]
  readonly args: readonly string[]
  /** How many of `args` stood before "--"; -1 without one. */
  readonly dash: number
  readonly flags: Flags
  /** -n, or that of the current context, or "default". */
  readonly namespace: string
  /** -n was given. */
  readonly namespaceGiven: boolean
}

/** One top-level command. `run` gives the exit code; failures are thrown as Failure (failure.ts). */
export interface Verb {
  readonly name: string
  /** One line for `kubectl help`. */
  readonly summary: string
  /** How it is used, lines for -h. */
  readonly usage: readonly string[]
  run(ctx: KubectlContext, invocation: Invocation): number
}
