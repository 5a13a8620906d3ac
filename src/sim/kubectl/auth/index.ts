import { scheme } from '../../kinds/index.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, usage } from '../failure.ts'
import { layoutTable } from '../print-table.ts'
import { contextNamed } from '../kubeconfig.ts'

export const authVerb: Verb = {
  name: 'auth',
  summary: 'Ask what this user may do',
  usage: ['kubectl auth can-i create pods', 'kubectl auth whoami'],
  run(ctx, inv) {
    if (inv.path[1] === 'can-i') return canI(ctx, inv)
    if (inv.path[1] === 'whoami') return whoAmI(ctx)
    if (inv.path[1]) return fail(`kubectl auth ${inv.path[1]} is not modelled here yet: there is no RBAC authorizer`)
    ctx.err('Ask what this user may do.\n\nAvailable Commands:\n  can-i\n  reconcile\n  whoami\n\nUsage:\n  kubectl auth SUBCOMMAND [options]\n')
    return 1
  },
}

const VERBS: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'impersonate', '*', 'approve', 'sign', 'escalate', 'attest'])

/** This kubectl is the administrator (group system:masters), who may do everything. */
function canI(ctx: KubectlContext, inv: Invocation): number {
  if (inv.flags.bool('list')) return fail('auth can-i --list is not modelled here yet: there is no RBAC authorizer')
  if (inv.args.length < 2 || inv.args.length > 3) usage('auth can-i', 'you must specify two arguments: verb resource or verb resource/resourceName.\nSee \'kubectl auth can-i -h\' for help and examples.'.split('\n')[0]!)
  const [verb, word] = inv.args
  if (!VERBS.has(verb!)) ctx.err(`Warning: verb '${verb}' is not a known verb\n\n`)
  if (!word!.startsWith('/') && word !== '*') {
    const type = word!.split('/')[0]!
    const kind = scheme.resourceFor(type)
    if (!kind) ctx.err(`Warning: the server doesn't have a resource type '${type}'\n\n`)
    else if (!kind.namespaced) ctx.err(`Warning: resource '${kind.plural}' is not namespace scoped${kind.group ? ` in group '${kind.group}'` : ''}\n\n`)
  }
  if (!inv.flags.bool('quiet')) ctx.out('yes\n')
  return 0
}

function whoAmI(ctx: KubectlContext): number {
  const { config } = ctx
  const user = contextNamed(config, config.currentContext)?.user ?? ''
  ctx.out(layoutTable([['ATTRIBUTE', 'VALUE'], ['Username', user], ['Groups', '[system:masters system:authenticated]']]))
  return 0
}
