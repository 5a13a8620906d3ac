import type { ApiObject } from '../../workers/protocol.ts'

/** Pods that no node has. */
export const UNSCHEDULED = ''

/**
 * Keys of records by kind, pods by node, records by their uid and by the uid of their owners, and events by the object they are about.
 * Sets are the working copies; `list` gives the sorted array that views hold, the same one until its set changes.
 */
export interface Indexes {
  list(index: IndexName, of: string): readonly string[]
  /** The values that an index knows, e.g. all kinds; sorted. */
  names(index: IndexName): readonly string[]
  /** Forgets the arrays of the touched sets; once a frame. Who asks for one has it sorted then. */
  publish(touched: ReadonlySet<string>): void
  add(index: IndexName, of: string, key: string, touched: Set<string>): void
  remove(index: IndexName, of: string, key: string, touched: Set<string>): void
}

export type IndexName = 'kind' | 'node' | 'owner' | 'about' | 'uid'
const NONE: readonly string[] = []

export function emptyIndexes(): Indexes {
  const sets = new Map<string, Set<string>>()
  const lists = new Map<string, readonly string[]>()
  const id = (index: IndexName, of: string): string => `${index}\n${of}`
  return {
    list(index, of) {
      const name = id(index, of)
      const known = lists.get(name)
      if (known !== undefined) return known
      const set = sets.get(name)
      const list = set === undefined ? NONE : [...set].sort()
      lists.set(name, list)
      return list
    },
    names: (index) => [...sets.keys()].filter((name) => name.startsWith(`${index}\n`)).map((name) => name.slice(index.length + 1)).sort(),
    publish(touched) {
      for (const name of touched) lists.delete(name)
    },
    add(index, of, key, touched) {
      const name = id(index, of)
      const set = sets.get(name)
      if (set === undefined) sets.set(name, new Set([key]))
      else if (set.has(key)) return
      else set.add(key)
      touched.add(name)
    },
    remove(index, of, key, touched) {
      const name = id(index, of)
      const set = sets.get(name)
      if (set?.delete(key) !== true) return
      if (set.size === 0) sets.delete(name)
      touched.add(name)
    },
  }
}

interface Indexed {
  readonly index: IndexName
  readonly of: string
}

/** Where a record stands in the indexes. */
function places(value: ApiObject): readonly Indexed[] {
  const all: Indexed[] = [{ index: 'kind', of: value.kind }]
  if (value.metadata.uid !== undefined && value.kind !== 'Event') all.push({ index: 'uid', of: value.metadata.uid })
  if (value.kind === 'Pod') {
    const spec = value['spec'] as { nodeName?: string } | undefined
    all.push({ index: 'node', of: spec?.nodeName ?? UNSCHEDULED })
  }
  for (const owner of (value.metadata['ownerReferences'] as readonly { uid: string }[] | undefined) ?? []) all.push({ index: 'owner', of: owner.uid })
  if (value.kind === 'Event') {
    const about = value['involvedObject'] as { kind?: string; namespace?: string; name?: string } | undefined
    if (about !== undefined) all.push({ index: 'about', of: aboutKey(about.kind ?? '', about.namespace, about.name ?? '') })
  }
  return all
}

/** How the `about` index names an object. */
export const aboutKey = (kind: string, namespace: string | undefined, name: string): string => `${kind}/${namespace ?? ''}/${name}`

/** Moves one record in the indexes from its old state to its new one. */
export function indexChange(indexes: Indexes, key: string, before: ApiObject | undefined, after: ApiObject | null, touched: Set<string>): void {
  if (before !== undefined && after !== null && samePlaces(before, after)) return
  if (before !== undefined) for (const { index, of } of places(before)) indexes.remove(index, of, key, touched)
  if (after !== null) for (const { index, of } of places(after)) indexes.add(index, of, key, touched)
}

function samePlaces(before: ApiObject, after: ApiObject): boolean {
  if (before.kind !== after.kind || before.kind === 'Event' || before.metadata.uid !== after.metadata.uid) return false
  if (before.metadata['ownerReferences'] !== after.metadata['ownerReferences']) {
    if (JSON.stringify(before.metadata['ownerReferences']) !== JSON.stringify(after.metadata['ownerReferences'])) return false
  }
  const node = (value: ApiObject): string | undefined => (value['spec'] as { nodeName?: string } | undefined)?.nodeName
  return node(before) === node(after)
}
