import type { Verb } from '../context.ts'
import { fail } from '../failure.ts'
import { helpText } from '../help.ts'

export const pluginVerb: Verb = {
  name: 'plugin',
  summary: 'List the plugins of this kubectl: there are none',
  usage: ['kubectl plugin list'],
  run(ctx, { path, args }) {
    if (path[1] === 'list') return fail('unable to find any kubectl plugins in your PATH')
    if (args.length > 0) fail(`unknown command ${JSON.stringify(args.join(' '))}\nSee 'kubectl plugin -h' for help and examples`)
    ctx.err(helpText(['plugin'], []))
    return 1
  },
}
