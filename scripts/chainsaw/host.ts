import type { Request } from '../../src/sim/client/request.ts'
import type { Micros } from '../../src/sim/engine/time.ts'

/** What a kind is called in REST paths. */
export interface ResourceName {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespaced: boolean
}

export interface KubectlInput {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  /** Files that the words name, by the word under which they are named. */
  readonly files: Readonly<Record<string, string>>
}

export interface KubectlOutput {
  /** Exit code; null when the deadline came first and the command was interrupted. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The cluster that a test runs against, as the runner sees it. All waiting is in virtual time. */
export interface Host {
  readonly now: Micros
  /** Lets the cluster live until `at`. */
  runUntil(at: Micros): void
  resourceOf(apiVersion: string, kind: string): ResourceName | undefined
  /** Looks at the state without a request's travel: an object, a list, or a Status that refuses. */
  read(request: Request): unknown
  /** Sends a request and waits for its answer. */
  send(request: Request): unknown
  /** Runs a kubectl command until it ends or `deadline` comes. */
  kubectl(input: KubectlInput, deadline: Micros): KubectlOutput
}
