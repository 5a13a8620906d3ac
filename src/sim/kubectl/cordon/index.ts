import type { Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { cordonNodes } from '../node-cordon.ts'

export const cordonVerb: Verb = {
  name: 'cordon',
  summary: 'Keep new pods away from a node',
  usage: ['kubectl cordon node-1'],
  run: (ctx, inv) => cordonNodes(ctx, inv, false, dryRunOf(ctx, inv)),
}
