import type { KubectlContext, Invocation, Verb } from '../context.ts'
import { fail, usage } from '../failure.ts'
import { containerOf, podsBehind } from '../pods-behind.ts'
import { kindOf, targetsOf } from '../resources.ts'

export const execVerb: Verb = {
  name: 'exec',
  summary: 'Execute a command in a container (checked, but not carried out: containers run no shells yet)',
  usage: ['kubectl exec web-1 -- date'],
  run: exec,
}

/** Everything that kubectl checks before it would stream; then a plain refusal. */
function exec(ctx: KubectlContext, inv: Invocation): number {
  const { args, dash, flags } = inv
  if (args.length === 0 && flags.list('filename').length === 0) fail('pod, type/name or --filename must be specified')
  if (dash < 0 && args.length > 1) usage('exec', 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead')
  if (args.length <= Math.max(dash, 1)) fail('you must specify at least one command for the container')
  const target = args[0]!.includes('/') ? targetsOf([args[0]!], inv.namespace).targets[0]! : { kind: kindOf('pods'), name: args[0]!, namespace: inv.namespace }
  const pod = podsBehind(ctx, inv, target, true)[0]!
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  containerOf(ctx, pod, flags.text('container'), flags.bool('quiet'))
  if (!pod.spec.nodeName) fail(`unable to upgrade connection: pod ${pod.metadata.name} does not have a host assigned`)
  return fail('exec is not modelled here yet: containers have no shell to run commands in')
}
