/** A line that the page wants to have run, as if typed (e.g. "logs" from a pod's menu). A new `id` runs it. */
export interface RequestedLine {
  readonly id: number
  readonly line: string
}

/** The door of the panel. The shell itself is elsewhere; the panel only edits lines and shows output. */
export interface TerminalPanelProps {
  /** E.g. "$ ". */
  readonly prompt: string
  /** Shown once, above the first prompt. */
  readonly greeting?: string
  /** Runs a line to its end; `write` takes output as it comes, "\n" ends a line. Rejecting shows the message. */
  run(line: string, write: (text: string) => void): Promise<unknown>
  /** Words that could stand from `replaceFrom` to the cursor. */
  complete(line: string, cursor: number): Promise<{ readonly candidates: readonly string[]; readonly replaceFrom: number }>
  /** Ctrl-C while a line runs. */
  interrupt(): void
  /** It is the one that is seen; false: it goes on behind another one. */
  readonly shown?: boolean
  /** Who reads what is typed while a line runs: nobody, a process as it is, or one on a terminal of its own, which echoes. */
  readonly seat?: 'none' | 'plain' | 'tty'
  /** What was typed for that process; `end`: no more will come. */
  typed?(input: { readonly text?: string; readonly end?: boolean }): void
  readonly request?: RequestedLine
  /** Earlier lines, oldest first, and where to keep new ones. */
  readonly history?: readonly string[]
  onHistory?(history: readonly string[]): void
}
