import { attachTo } from '../attaching.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail } from '../failure.ts'
import { containerOf, notValid, podsBehind } from '../pods-behind.ts'
import { kindOf, targetsOf, type Target } from '../resources.ts'

export const attachVerb: Verb = {
  name: 'attach',
  summary: 'Join the main process of a container',
  usage: ['kubectl attach web-1', 'kubectl attach deploy/web -c nginx', 'kubectl attach shell -it'],
  run: attach,
}

/** kubectl: attach.go. */
function attach(ctx: KubectlContext, inv: Invocation): number {
  const { args, flags } = inv
  if (args.length === 0) fail('at least 1 argument is required for attach')
  if (args.length > 2) fail(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`)
  if (flags.given('pod-running-timeout') && flags.duration('pod-running-timeout') <= 0) fail('--pod-running-timeout must be higher than zero')
  const pod = podsBehind(ctx, inv, targetOf(inv), true)[0]!
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot attach a container in a completed pod; current phase is ${phase}`)
  const wanted = flags.text('container')
  const problem = wanted ? notValid(pod, wanted) : undefined
  if (problem) fail(`cannot attach to the container: ${problem}`)
  const container = containerOf(ctx, pod, wanted, flags.bool('quiet'))
  attachTo(ctx, pod, container, { stdin: flags.bool('stdin'), tty: flags.bool('tty'), quiet: flags.bool('quiet') })
  return 0
}

function targetOf({ args, namespace }: Invocation): Target {
  if (args.length === 2) return targetsOf([args[0]!, args[1]!], namespace).targets[0]!
  return args[0]!.includes('/') ? targetsOf([args[0]!], namespace).targets[0]! : { kind: kindOf('pods'), name: args[0]!, namespace }
}
