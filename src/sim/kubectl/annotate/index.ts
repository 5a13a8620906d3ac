import type { Verb } from '../context.ts'
import { markObjects } from '../label-words.ts'

export const annotateVerb: Verb = {
  name: 'annotate',
  summary: 'Set or remove annotations',
  usage: ['kubectl annotate deploy web kubernetes.io/change-cause="new image"', 'kubectl annotate deploy web note-'],
  run: (ctx, inv) => markObjects(ctx, inv, { field: 'annotations', noun: 'annotation', verb: 'annotate', done: 'annotated' }),
}
