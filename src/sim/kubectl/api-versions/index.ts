import { resources } from '../../api/schema/schema.ts'
import type { Verb } from '../context.ts'
import { usage } from '../failure.ts'

export const apiVersionsVerb: Verb = {
  name: 'api-versions',
  summary: 'List the API groups and versions that are served',
  usage: ['kubectl api-versions'],
  run(ctx, inv) {
    if (inv.args.length > 0) usage('api-versions', `unexpected arguments: [${inv.args.join(' ')}]`)
    const all = new Set(resources().map((r) => (r.group ? `${r.group}/${r.version}` : r.version)))
    ctx.out([...all].sort().map((v) => `${v}\n`).join(''))
    return 0
  },
}
