import { allContainers, type Pod } from '../api/pod.ts'
import { isStatus } from '../api/status.ts'
import { PODS } from '../client/request.ts'
import type { KubectlContext } from './context.ts'
import { streamFailure } from './executing.ts'
import { fail } from './failure.ts'

/** What is wanted of the connection to a process in a container. */
export interface StreamWish {
  readonly stdin: boolean
  readonly tty: boolean
  readonly quiet: boolean
}

/** A terminal needs one on this side too (kubectl: exec.go, SetupTTY). */
export function ttyOf(ctx: KubectlContext, { stdin, tty, quiet }: StreamWish): boolean {
  if (!stdin || !tty) return false
  if (!ctx.interactive && !quiet) ctx.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  return ctx.interactive
}

/** Joins the first process of a container until it ends (kubectl: attach.go, Run from the container on). */
export function attachTo(ctx: KubectlContext, pod: Pod, name: string, wish: StreamWish): void {
  const container = allContainers(pod.spec).find((c) => c.name === name)
  const { stdin, quiet } = wish
  if (wish.tty && !container?.tty && !quiet) ctx.err(`error: Unable to use a TTY - container ${name} did not allocate one\n`)
  const raw = ttyOf(ctx, { ...wish, tty: container?.tty ?? false })
  if (!quiet) {
    ctx.err('All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n')
    ctx.err("If you don't see a command prompt, try pressing enter.\n")
  }
  const { namespace } = pod.metadata
  if (!pod.spec.nodeName) fail(`unable to upgrade connection: pod ${pod.metadata.name} does not have a host assigned`)
  const body = { container: name, ...(stdin ? { stdin: true, ...(ctx.interactive ? {} : { text: ctx.stdin ?? '' }) } : {}) }
  if (stdin) ctx.expectInput(raw)
  const answer = ctx.call({ verb: 'create', ...PODS, namespace, name: pod.metadata.name, subresource: 'attach', body }) as unknown
  if (isStatus(answer)) fail(streamFailure(answer))
  if (quiet || !stdin || !raw) return
  const resume = `'kubectl attach ${pod.metadata.name} -c ${name} -n ${namespace} -i -t'`
  const isEphemeral = pod.spec.ephemeralContainers?.some((c) => c.name === name)
  ctx.out(isEphemeral ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${resume} if it is still running\n` : `Session ended, resume using ${resume} command\n`)
}
