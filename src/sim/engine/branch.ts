import type { Payload } from './event.ts'
import type { StepLog } from './step-log.ts'
import type { Micros } from './time.ts'

/** A command with its place on a branch: it runs as step `index`, at instant `at`. The save file is made of these. */
export interface CommandRecord {
  readonly index: number
  readonly at: Micros
  readonly actor: string
  readonly what: string
  readonly payload: Payload
}

/** One line of history, from where it leaves its parent. */
export interface Branch {
  readonly id: number
  readonly parent: Branch | undefined
  /** Steps up to and including this index belong to the parent. */
  readonly fork: number
  readonly forkAt: Micros
  readonly log: StepLog
  readonly commands: Map<number, CommandRecord>
  /** Last step that somebody has seen; what lies behind it was run ahead only to look. */
  seen: number
  endAt: Micros
}

export interface BranchView {
  readonly id: number
  readonly parent: number | null
  readonly forkIndex: number
  readonly forkAt: Micros
  readonly endIndex: number
  readonly endAt: Micros
  readonly commands: readonly CommandRecord[]
}
