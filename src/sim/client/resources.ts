import type { OwnerReference } from '../api/meta.ts'
import { splitApiVersion } from '../api/meta.ts'
import { isConditionTrue } from '../api/conditions.ts'
import { byVersionPriority } from '../api/version-priority.ts'
import type { CustomResourceDefinition } from '../kinds/customresourcedefinition/customresourcedefinition.ts'
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

export const CRDS = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' } as const

/** What an established CustomResourceDefinition serves, in the version that discovery prefers; undefined while it serves nothing. */
export function customResource({ spec, status }: CustomResourceDefinition): StoredResource | undefined {
  const version = (spec.versions ?? []).filter(({ served }) => served).map(({ name }) => name).sort(byVersionPriority)[0]
  if (version === undefined || !isConditionTrue(status?.conditions ?? undefined, 'Established')) return undefined
  return { group: spec.group, version, resource: spec.names.plural, kind: spec.names.kind, namespaced: spec.scope === 'Namespaced' }
}
