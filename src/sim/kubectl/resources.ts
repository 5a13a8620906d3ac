import type { KubeObject } from '../api/meta.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'
import { discovery } from './discovery.ts'
import type { Request, RequestOptions } from '../client/request.ts'
import { fail } from './failure.ts'

/** A kind, or one object of it, that a command line names. */
export interface Target {
  readonly kind: KindDefinition
  readonly name?: string
  readonly namespace?: string
  /** The file that it stands in. */
  readonly source?: string
  readonly object?: KubeObject
}

/** The order in which discovery lists the kinds of category "all". */
const ALL = ['pods', 'replicationcontrollers', 'services', 'daemonsets', 'deployments', 'replicasets', 'statefulsets', 'horizontalpodautoscalers', 'cronjobs', 'jobs']

/** The kinds that a word such as "deploy", "po,svc", "deployments.v1.apps" or "all" means. Fails where there is none. */
export function kindsOf(word: string): readonly KindDefinition[] {
  return word.split(',').flatMap((part) => {
    if (part === 'all') return [...ALL.flatMap((name) => discovery.resourceFor(name) ?? []), ...inCategory('all', discovery.custom)]
    if (part === '') fail('arguments must consist of a resource or resource/name') // "get pods,"
    const kind = discovery.resourceFor(part)
    if (kind) return [kind]
    const members = inCategory(part, [...scheme.kinds, ...discovery.custom])
    return members.length > 0 ? members : fail(`the server doesn't have a resource type "${part}"`)
  })
}

/** The kinds of a category, each once. */
function inCategory(name: string, kinds: readonly KindDefinition[]): readonly KindDefinition[] {
  const seen = new Set<string>()
  return kinds.filter((k) => k.categories.includes(name) && !seen.has(`${k.group}/${k.plural}`) && seen.add(`${k.group}/${k.plural}`))
}

export const kindOf = (word: string): KindDefinition => kindsOf(word)[0]!

/** "deployment.apps": how kubectl names a kind before a slash and a name. */
type Named = Pick<KindDefinition, 'group' | 'version' | 'plural' | 'singular'>

export const typeName = (kind: Named): string => (kind.group ? `${kind.singular}.${kind.group}` : kind.singular)
export const resourceName = (kind: Named): string => (kind.group ? `${kind.plural}.${kind.group}` : kind.plural)
export const objectName = (kind: KindDefinition, name: string): string => `${typeName(kind)}/${name}`
export const apiVersionOf = (kind: Named): string => (kind.group ? `${kind.group}/${kind.version}` : kind.version)

/** Takes `TYPE[,TYPE] [NAME…]` or `TYPE/NAME…` apart (cli-runtime: resource.Builder). */
export function targetsOf(args: readonly string[], namespace: string): { readonly targets: readonly Target[]; readonly named: boolean; readonly slashed: boolean } {
  const at = (kind: KindDefinition, name?: string): Target => ({ kind, name, namespace: kind.namespaced ? namespace : undefined })
  if (args.length === 0) return { targets: [], named: false, slashed: false }
  const slashed = args.some((a) => a.includes('/'))
  if (slashed) {
    const targets = args.map((arg) => {
      const parts = arg.split('/')
      if (parts.length === 1)
        return fail(
          `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
        )
      if (parts.length > 2) return fail('arguments in resource/name form may not have more than one slash')
      const [type, name] = parts
      if (!type || !name) return fail('arguments in resource/name form must have a single resource and name')
      if (type.includes(',')) return fail('arguments in resource/name form must have a single resource and name')
      return at(kindOf(type), name)
    })
    return { targets, named: true, slashed }
  }
  const kinds = kindsOf(args[0]!)
  const names = args.slice(1)
  if (names.length === 0) return { targets: kinds.map((k) => at(k)), named: false, slashed }
  return { targets: kinds.flatMap((k) => names.map((n) => at(k, n))), named: true, slashed }
}

type Place = Pick<Request, 'group' | 'version' | 'resource' | 'namespace'>

const place = ({ kind, namespace }: Target): Place => ({
  group: kind.group, version: kind.version, resource: kind.plural, namespace: kind.namespaced ? namespace : undefined,
})

/** Requests about a target. */
export const getTarget = (target: Target, options?: RequestOptions): Request => ({ verb: 'get', ...place(target), name: target.name, options })
export const listTarget = (target: Target, options?: RequestOptions): Request => ({ verb: 'list', ...place(target), options })
export const deleteTarget = (target: Target, options?: RequestOptions): Request => ({ verb: 'delete', ...place(target), name: target.name, options })
export const createTarget = (target: Target, body: KubeObject, options?: RequestOptions): Request => ({ verb: 'create', ...place(target), body, options })
export const updateTarget = (target: Target, body: KubeObject, options?: RequestOptions, subresource?: string): Request => ({
  verb: 'update', ...place(target), name: target.name, subresource, body, options,
})
export const patchTarget = (target: Target, body: NonNullable<Request['body']>, patchType: Request['patchType'], options?: RequestOptions, subresource?: string): Request => ({
  verb: 'patch', ...place(target), name: target.name, subresource, body, patchType, options,
})
