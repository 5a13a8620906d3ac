import { base64Encode } from '../../api/base64.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import { fail } from '../failure.ts'
import type { GeneratorArgs, GeneratorOptions } from './kustomization.ts'
import { changed, resourceOf, type Resource } from './resource.ts'

type Read = (path: string) => string

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/s, '$2')

/** Keys and values in order of the sources: literals, files, environment files (kustomize: kv/kv.go). */
function pairsOf(args: GeneratorArgs, read: Read): StringMap {
  const out: Record<string, string> = {}
  const put = (key: string, value: string): void => {
    if (Object.hasOwn(out, key)) fail(`configmap ${args.name} illegally repeats the key \`${key}\``)
    out[key] = value
  }
  for (const source of [...(args.envs ?? []), ...(args.env ? [args.env] : [])]) {
    for (const line of read(source).split('\n')) {
      const text = line.trimStart()
      if (text === '' || text.startsWith('#')) continue
      const eq = text.indexOf('=')
      put(eq < 0 ? text : text.slice(0, eq), eq < 0 ? '' : text.slice(eq + 1))
    }
  }
  for (const literal of args.literals ?? []) {
    const eq = literal.indexOf('=')
    if (eq <= 0) fail(`invalid literal source ${literal}, expected key=value`)
    put(literal.slice(0, eq), unquoted(literal.slice(eq + 1)))
  }
  for (const source of args.files ?? []) {
    const eq = source.indexOf('=')
    const file = eq < 0 ? source : source.slice(eq + 1)
    put(eq < 0 ? file.slice(file.lastIndexOf('/') + 1) : source.slice(0, eq), read(file))
  }
  return out
}

/** The ConfigMap or Secret that a generator makes, or what it makes of one that is there already. */
export function generated(kind: 'ConfigMap' | 'Secret', args: GeneratorArgs, common: GeneratorOptions, read: Read, resources: readonly Resource[]): readonly Resource[] {
  const pairs = pairsOf(args, read)
  const data = Object.fromEntries(Object.keys(pairs).map((k) => [k, kind === 'Secret' ? base64Encode(pairs[k]!) : pairs[k]!]))
  const { options = {} } = args
  const labels = { ...common.labels, ...options.labels }
  const annotations = { ...common.annotations, ...options.annotations }
  const some = (map: StringMap): boolean => Object.keys(map).length > 0
  const immutable = options.immutable ?? common.immutable
  const object = {
    apiVersion: 'v1', kind,
    metadata: { name: args.name, ...(args.namespace ? { namespace: args.namespace } : {}), ...(some(labels) ? { labels } : {}), ...(some(annotations) ? { annotations } : {}) },
    ...(some(data) ? { data } : {}), ...(kind === 'Secret' ? { type: args.type ?? 'Opaque' } : {}), ...(immutable ? { immutable } : {}),
  } as unknown as KubeObject
  const made = resourceOf(object, !(options.disableNameSuffixHash ?? common.disableNameSuffixHash ?? false))
  const behavior = args.behavior ?? 'create'
  const old = resources.find((r) => r.object.kind === kind && r.names.includes(args.name) && (!args.namespace || r.spaces.includes(args.namespace)))
  if (behavior === 'create' || behavior === 'unspecified') {
    if (old) fail(`id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}", isClusterScoped:false}, Name:"${args.name}", Namespace:"${args.namespace ?? ''}"} exists; behavior must be merge or replace`)
    return [...resources, made]
  }
  if (!old) return fail(`id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}", isClusterScoped:false}, Name:"${args.name}", Namespace:"${args.namespace ?? ''}"} does not exist; cannot merge or replace`)
  const before = old.object as KubeObject & { readonly data?: StringMap }
  const joined = behavior === 'merge' ? { ...before.data, ...data } : data
  const metadata = { ...made.object.metadata, name: before.metadata.name, labels: { ...before.metadata.labels, ...labels }, annotations: { ...before.metadata.annotations, ...annotations } }
  const next = { ...(behavior === 'merge' ? before : made.object), data: joined, metadata: withoutEmpty(metadata) } as unknown as KubeObject
  return resources.map((r) => (r === old ? { ...changed(old, next), hash: made.hash && old.hash } : r))
}

const withoutEmpty = (metadata: object): object => Object.fromEntries(Object.entries(metadata).filter(([, v]) => typeof v !== 'object' || v === null || Object.keys(v as object).length > 0))
