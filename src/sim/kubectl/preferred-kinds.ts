import { resources } from '../api/schema/schema.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'

/** What discovery tells of a kind. */
export type ListedKind = Pick<KindDefinition, 'group' | 'version' | 'kind' | 'plural' | 'singular' | 'shortNames' | 'categories' | 'verbs' | 'namespaced' | 'addOn'>

/** v1 above v2beta1 above v1alpha1; later numbers win within. */
function rank(version: string): number {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (!found) return 0
  return (found[2] === undefined ? 2_000_000 : found[2] === 'beta' ? 1_000_000 : 0) + Number(found[1]) * 1000 + Number(found[3] ?? 0)
}

/** Each resource in its preferred version, sorted by group and name as api-resources lists them. */
export function preferredKinds(): readonly ListedKind[] {
  const best = new Map<string, ListedKind>()
  for (const kind of [...resources(), ...scheme.kinds.filter((k) => k.addOn)] as readonly ListedKind[]) {
    const key = `${kind.group} ${kind.plural}`
    const known = best.get(key)
    if (!known || rank(kind.version) > rank(known.version)) best.set(key, kind)
  }
  return [...best.keys()].sort().map((key) => best.get(key)!)
}
