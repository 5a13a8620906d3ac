import type { JsonValue } from '../../api/meta.ts'
import type { Verb } from '../context.ts'
import { fail } from '../failure.ts'
import { toYaml } from '../print-yaml.ts'
import { buildKustomization } from './build.ts'

export const kustomizeVerb: Verb = {
  name: 'kustomize',
  summary: 'Show what a folder with a kustomization.yaml makes',
  usage: ['kubectl kustomize overlays/dev', 'kubectl apply -k overlays/dev'],
  run(ctx, { args, flags }) {
    if (args.length > 1) fail('specify one path to kustomization.yaml')
    if (flags.text('output')) fail('kustomize --output is not modelled here; use a redirection: kubectl kustomize DIR > FILE')
    const objects = buildKustomization(ctx, args[0] ?? '.')
    ctx.out(objects.map((o) => toYaml(o as unknown as JsonValue)).join('---\n'))
    return 0
  },
}
