import type { OwnerReference } from '../api/meta.ts'
import { splitApiVersion } from '../api/meta.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'

/** A stored kind by its REST names. */
export interface StoredResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
}

const has = (kind: KindDefinition, verb: string): boolean => kind.verbs.includes(verb)
const toResource = ({ group, version, plural, kind, namespaced }: KindDefinition): StoredResource => ({ group, version, resource: plural, kind, namespaced })

/** Stored kinds that can be watched and deleted, each plural once (the same kind may be served by two groups). */
export const storedResources: readonly StoredResource[] = (() => {
  const seen = new Set<string>()
  const out: StoredResource[] = []
  for (const kind of scheme.kinds) {
    if (!has(kind, 'list') || !has(kind, 'watch') || !has(kind, 'delete') || seen.has(kind.plural)) continue
    seen.add(kind.plural)
    out.push(toResource(kind))
  }
  return out
})()

const byPlural = new Map(storedResources.map((r) => [r.resource, r]))
const byOwnerKind = new Map<string, StoredResource | undefined>()

export const storedResource = (plural: string): StoredResource | undefined => byPlural.get(plural)

/** The resource of an owner reference; undefined when no such kind is stored. */
export function ownerResource({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>): StoredResource | undefined {
  const key = `${apiVersion} ${kind}`
  if (!byOwnerKind.has(key)) {
    const found = scheme.kindFor({ ...splitApiVersion(apiVersion), kind })
    byOwnerKind.set(key, found && byPlural.get(found.plural))
  }
  return byOwnerKind.get(key)
}
