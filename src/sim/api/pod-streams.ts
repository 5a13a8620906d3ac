/** What POST pods/exec carries (core/v1: PodExecOptions), and whether somebody will type. */
export interface ExecRequest {
  readonly container: string
  readonly command: readonly string[]
  /** All of the input, where it is known at once. */
  readonly stdin?: string
  readonly tty?: boolean
  /** The input stays open and is fed by the kubelet's event `exec-input` (an interactive shell). */
  readonly open?: boolean
  /** What is written is sent as it comes, to the handler `stream` of who asked; the answer at the end is without it. */
  readonly stream?: boolean
}

/** The kubelet's answer when a command in a container has ended. */
export interface ExecResult {
  readonly kind: 'ExecResult'
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Where what is typed goes: payload of the kubelet's `exec-input` and `stream-close`, without `node`. */
export interface StreamEnd {
  readonly node: string
  readonly pod: string
  readonly uid: string
  readonly key: string
}

/** What a stream brings, payload of the event `stream` at who asked for it. `waits`: the process waits for somebody to type; times in µs. */
export interface StreamNews {
  readonly data: unknown
  readonly end: StreamEnd
  readonly stdout: string
  readonly stderr: string
  readonly waits: boolean
  readonly sentAt: number
}
