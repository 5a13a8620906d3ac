import type { Verb } from '../context.ts'
import { fail } from '../failure.ts'

export const proxyVerb: Verb = {
  name: 'proxy',
  summary: 'Not modelled: nothing outside of the simulated cluster could connect',
  usage: ['kubectl get --raw /api/v1/nodes'],
  run(_ctx, { args, flags }) {
    if (args.length > 0) fail(`unknown command ${JSON.stringify(args.join(' '))}\nSee 'kubectl proxy -h' for help and examples`)
    if (flags.given('port') && flags.text('unix-socket')) fail("cannot set --unix-socket and --port at the same time")
    return fail('proxy is not modelled here: nothing outside of this cluster could connect; ask with kubectl get --raw PATH')
  },
}
