import { ttyOf } from '../attaching.ts'
import type { KubectlContext, Invocation, Verb } from '../context.ts'
import { executed } from '../executing.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { fail, Failure, usage } from '../failure.ts'
import { containerOf, podsBehind } from '../pods-behind.ts'
import { kindOf, targetsOf, type Target } from '../resources.ts'

export const execVerb: Verb = {
  name: 'exec',
  summary: 'Execute a command in a container',
  usage: ['kubectl exec web-1 -- date', 'kubectl exec -it web-1 -- sh'],
  run: exec,
}

/** Checks what kubectl checks, then runs the command as a process of the container and waits for its end. */
function exec(ctx: KubectlContext, inv: Invocation): number {
  const { args, dash, flags } = inv
  if (args.length === 0 && !namesFiles(flags)) fail('pod, type/name or --filename must be specified')
  if (dash < 0 && args.length > 1) usage('exec', 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
  const inFiles = namesFiles(flags) ? entriesOf(ctx, inv) : []
  if (inFiles.length > 1) fail('cannot exec into multiple objects at a time')
  if (inFiles[0]?.problem) throw new Failure(inFiles[0].problem)
  if (args.length <= (inFiles.length > 0 ? 0 : Math.max(dash, 1))) fail('you must specify at least one command for the container')
  const target = inFiles[0]?.target ?? nameOf(args[0]!, inv.namespace)
  const pod = podsBehind(ctx, inv, target, true)[0]!
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = containerOf(ctx, pod, flags.text('container'), flags.bool('quiet'))
  if (!pod.spec.nodeName) fail(`unable to upgrade connection: pod ${pod.metadata.name} does not have a host assigned`)
  const command = args.slice(inFiles.length > 0 ? 0 : 1)
  const stdin = flags.bool('stdin')
  const tty = ttyOf(ctx, { stdin, tty: flags.bool('tty'), quiet: flags.bool('quiet') })
  if (stdin) ctx.expectInput(tty)
  const { stdout, stderr, code } = executed(ctx, pod, { container, command, tty, stream: true, ...(stdin ? (ctx.interactive ? { open: true } : { stdin: ctx.stdin ?? '' }) : {}) })
  ctx.out(stdout)
  ctx.err(stderr)
  if (code !== 0) ctx.err(`command terminated with exit code ${code}\n`)
  return code
}

const nameOf = (word: string, namespace: string): Target => (word.includes('/') ? targetsOf([word], namespace).targets[0]! : { kind: kindOf('pods'), name: word, namespace })
