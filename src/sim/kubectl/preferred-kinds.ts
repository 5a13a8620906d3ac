import { resources } from '../api/schema/schema.ts'
import { discovery, rankOf } from './discovery.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'

/** What discovery tells of a kind. */
export type ListedKind = Pick<KindDefinition, 'group' | 'version' | 'kind' | 'plural' | 'singular' | 'shortNames' | 'categories' | 'verbs' | 'namespaced' | 'addOn'>

/** Each resource in its preferred version, sorted by group and name as api-resources lists them. */
export function preferredKinds(): readonly ListedKind[] {
  const best = new Map<string, ListedKind>()
  for (const kind of [...resources(), ...scheme.kinds.filter((k) => k.addOn), ...discovery.custom] as readonly ListedKind[]) {
    const key = `${kind.group} ${kind.plural}`
    const known = best.get(key)
    if (!known || rankOf(kind.version) > rankOf(known.version)) best.set(key, kind)
  }
  return [...best.keys()].sort().map((key) => best.get(key)!)
}
