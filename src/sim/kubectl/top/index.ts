import type { Verb } from '../context.ts'
import { fail } from '../failure.ts'

export const topVerb: Verb = {
  name: 'top',
  summary: 'Show the use of CPU and memory (needs a metrics server)',
  usage: ['kubectl top pods'],
  run(ctx, inv) {
    const what = inv.path[1]
    if (!what) {
      ctx.err('Show the use of CPU and memory.\n\nUsage:\n  kubectl top [flags] [options]\n')
      return 1
    }
    if (inv.args.length > 0 && inv.flags.text('selector')) fail('only one of NAME or selector can be provided')
    const sort = inv.flags.text('sort-by')
    if (sort !== '' && sort !== 'cpu' && sort !== 'memory') fail('--sort-by accepts only cpu or memory')
    // As on a cluster without metrics-server, which is not modelled yet.
    return fail('Metrics API not available')
  },
}
