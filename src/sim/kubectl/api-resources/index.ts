import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, usage } from '../failure.ts'
import { layoutTable } from '../print-table.ts'
import { preferredKinds, type ListedKind } from '../preferred-kinds.ts'
import { apiVersionOf, resourceName } from '../resources.ts'

export const apiResourcesVerb: Verb = {
  name: 'api-resources',
  summary: 'List the kinds that the API server knows',
  usage: ['kubectl api-resources', 'kubectl api-resources --namespaced=true -o wide', 'kubectl api-resources --api-group=apps'],
  run: apiResources,
}

function apiResources(ctx: KubectlContext, inv: Invocation): number {
  const { flags, args } = inv
  if (args.length > 0) usage('api-resources', `unexpected arguments: [${args.join(' ')}]`)
  const output = flags.text('output')
  if (!['', 'wide', 'name'].includes(output)) fail(`--output ${output} is not available`)
  const sortBy = flags.text('sort-by')
  if (!['', 'name', 'kind'].includes(sortBy)) fail('--sort-by accepts only name or kind')
  const verbs = flags.list('verbs')
  const categories = flags.list('categories')
  const preferred = preferredKinds().filter(
    (k) =>
      (!flags.given('namespaced') || k.namespaced === flags.bool('namespaced')) &&
      (!flags.given('api-group') || k.group === flags.text('api-group')) &&
      verbs.every((v) => k.verbs.includes(v)) &&
      categories.every((c) => k.categories.includes(c)),
  )
  const order = (k: ListedKind): string => (sortBy === 'kind' ? k.kind : sortBy === 'name' ? k.plural : `${k.group} ${k.plural}`)
  const sorted = [...preferred].sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0))
  if (output === 'name') {
    ctx.out(sorted.map((k) => `${resourceName(k)}\n`).join(''))
    return 0
  }
  const wide = output === 'wide'
  const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])]
  const rows = sorted.map((k) => [k.plural, k.shortNames.join(','), apiVersionOf(k), `${k.namespaced}`, k.kind, ...(wide ? [k.verbs.join(','), k.categories.join(',')] : [])])
  ctx.out(layoutTable([...(flags.bool('no-headers') ? [] : [head]), ...rows]))
  return 0
}
