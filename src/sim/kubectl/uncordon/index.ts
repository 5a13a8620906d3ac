import type { Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { cordonNodes } from '../node-cordon.ts'

export const uncordonVerb: Verb = {
  name: 'uncordon',
  summary: 'Let a node have new pods again',
  usage: ['kubectl uncordon node-1'],
  run: (ctx, inv) => cordonNodes(ctx, inv, true, dryRunOf(ctx, inv)),
}
