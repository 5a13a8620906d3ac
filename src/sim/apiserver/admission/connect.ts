import type { KubeObject } from '../../api/meta.ts'
import type { ExecRequest } from '../../api/pod-streams.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { Execution, Outcome } from '../execution.ts'

/** The options of a stream to a pod, as admission sees them. */
export interface StreamOptions {
  readonly container?: string | undefined
  readonly command?: readonly string[] | undefined
  readonly stdin?: boolean
  readonly stdout?: boolean
  readonly stderr?: boolean
  readonly tty?: boolean
  readonly ports?: readonly number[]
}

const KINDS: Readonly<Record<string, string>> = { exec: 'PodExecOptions', attach: 'PodAttachOptions', portforward: 'PodPortForwardOptions' }

/** PodExecOptions and its like; what is unset is left out as Go does. */
export function streamOptions(subresource: string, { container, command, stdin, stdout, stderr, tty, ports }: StreamOptions): KubeObject {
  const fields = { ...(stdin ? { stdin } : {}), ...(stdout ? { stdout } : {}), ...(stderr ? { stderr } : {}), ...(tty ? { tty } : {}), ...(container ? { container } : {}), ...(command?.length ? { command } : {}), ...(ports?.length ? { ports } : {}) }
  return { kind: KINDS[subresource] ?? '', apiVersion: 'v1', ...fields } as unknown as KubeObject
}

/** Lets plugins that care for connections change the options or refuse (apiserver: endpoints/handlers, rest.go: ConnectResource). */
export function admitConnection(exec: Execution, options: KubeObject): Outcome<KubeObject> {
  const { mutating, validating } = exec.means.admission.of(exec)
  let current = options
  for (const plugin of mutating) {
    const next = plugin.connect?.(exec, current) ?? current
    if (isStatus(next)) return next
    current = next
  }
  for (const plugin of validating) {
    const refusal = plugin.connect?.(exec, current)
    if (refusal && isStatus(refusal)) return refusal as Status
  }
  return current
}

/** The options of the stream that the body of a request within the simulation wishes for. */
export function wishedStream(subresource: string, { container, command, stdin, open, tty = false }: ExecRequest): KubeObject {
  return streamOptions(subresource, subresource === 'portforward' ? {} : { container, command, stdin: open === true || stdin !== undefined, stdout: true, stderr: !tty, tty })
}

/** The wish with what admission has changed of its container and its command. */
export function withOptions(wish: ExecRequest, options: unknown): ExecRequest {
  const { container = wish.container, command = wish.command } = (options ?? {}) as Partial<ExecRequest>
  return container === wish.container && command === wish.command ? wish : { ...wish, container, command }
}
