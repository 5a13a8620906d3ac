import type { Pod } from '../api/pod.ts'
import { isStatus, type Status } from '../api/status.ts'
import { PODS } from '../client/request.ts'
import type { KubectlContext } from './context.ts'
import { fail } from './failure.ts'

/** What the kubelet answers when a command in a container has ended. */
export interface ExecResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** What is wanted of a command in a container (core/v1: PodExecOptions). */
export interface ExecWish {
  readonly container: string
  readonly command: readonly string[]
  /** All of the input, where it is known. */
  readonly stdin?: string
  readonly tty?: boolean
  /** Somebody will type. */
  readonly open?: boolean
  /** The output is written as it comes and not part of the result. */
  readonly stream?: boolean
}

/** Runs a command in a container of a pod and waits for its end; ends the command with kubectl's words when it cannot begin. */
export function executed(ctx: KubectlContext, pod: Pod, wish: ExecWish): ExecResult {
  const answer = ctx.call<ExecResult>({ verb: 'create', ...PODS, namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'exec', body: wish as never })
  return isStatus(answer) ? fail(streamFailure(answer)) : (answer as ExecResult)
}

/** A refusal before the connection is upgraded says so; what fails behind it comes as it is. */
export function streamFailure({ message = 'it was refused' }: Status): string {
  return /^(?:Internal error occurred|unable to upgrade connection)/.test(message) ? message : `unable to upgrade connection: ${message}`
}
