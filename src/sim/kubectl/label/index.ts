import type { Verb } from '../context.ts'
import { markObjects } from '../label-words.ts'

export const labelVerb: Verb = {
  name: 'label',
  summary: 'Set or remove labels',
  usage: ['kubectl label pod web-1 tier=front', 'kubectl label pod web-1 tier=back --overwrite', 'kubectl label pod web-1 tier-'],
  run: (ctx, inv) => markObjects(ctx, inv, { field: 'labels', noun: 'label', verb: 'label', done: 'labeled' }),
}
