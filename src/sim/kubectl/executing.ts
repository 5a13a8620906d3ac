import type { Pod } from '../api/pod.ts'
import type { ExecRequest, ExecResult } from '../api/pod-streams.ts'
import { isStatus, type Status } from '../api/status.ts'
import { PODS } from '../client/request.ts'
import type { KubectlContext } from './context.ts'
import { fail } from './failure.ts'

/** Runs a command in a container of a pod and waits for its end; ends the command with kubectl's words when it cannot begin. */
export function executed(ctx: KubectlContext, pod: Pod, wish: ExecRequest): ExecResult {
  const answer = ctx.call<ExecResult>({ verb: 'create', ...PODS, namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'exec', body: wish as never })
  return isStatus(answer) ? fail(streamFailure(answer)) : (answer as ExecResult)
}

/** A refusal before the connection is upgraded says so; what fails behind it comes as it is. */
export function streamFailure({ message = 'it was refused' }: Status): string {
  return /^(?:Internal error occurred|unable to upgrade connection)/.test(message) ? message : `unable to upgrade connection: ${message}`
}
