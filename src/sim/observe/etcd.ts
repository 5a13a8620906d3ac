import type { WatchHub } from '../apiserver/watch-hub.ts'
import type { Store } from '../store/store.ts'

/** etcd as it stands at the cursor. Only the API server is its client. */
export interface EtcdState {
  readonly revision: number
  /** Watches from before this revision must list again. */
  readonly compacted: number
  /** Number of keys, in all and by prefix. */
  readonly total: number
  readonly prefixes: readonly { readonly prefix: string; readonly keys: number; readonly watches: number }[]
  /** Keys that the filter selects, with the revision of their last write, latest first. */
  readonly keys: readonly { readonly key: string; readonly revision: number; readonly bytes: number }[]
  readonly matching: number
}

const SHOWN = 200
/** The API server's default --etcd-prefix. */
const PREFIX = '/registry/'

const latestFirst = <T extends { readonly revision: number }>(list: T[]): T[] => list.sort((a, b) => b.revision - a.revision)

/** The store behind the API server, with those keys that contain `filter`, written last first. */
export function etcdState(store: Store, hub: WatchHub, filter: string): EtcdState {
  const keys = store.objects.keys()
  const wanted = filter.replace(/^\/registry\//, '')
  const matching = wanted === '' ? keys : keys.filter((key) => key.includes(wanted))
  const counts = new Map<string, number>()
  for (const key of keys) {
    const resource = key.slice(0, key.indexOf('/'))
    counts.set(resource, (counts.get(resource) ?? 0) + 1)
  }
  const watches = new Map<string, number>()
  for (const { resource } of hub.open.values()) watches.set(resource, (watches.get(resource) ?? 0) + 1)
  return {
    revision: store.revision,
    compacted: store.compacted,
    total: keys.length,
    prefixes: [...counts].map(([resource, n]) => ({ prefix: `${PREFIX}${resource}/`, keys: n, watches: watches.get(resource) ?? 0 })),
    keys: latestFirst(matching.map((key) => ({ key, revision: Number(store.get(key)!.metadata.resourceVersion ?? 0) })))
      .slice(0, SHOWN)
      .map(({ key, revision }) => ({ key: `${PREFIX}${key}`, revision, bytes: JSON.stringify(store.get(key)).length })),
    matching: matching.length,
  }
}
