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
  /** Keys that the filter selects, with the revision of their last write. */
  readonly keys: readonly { readonly key: string; readonly revision: number; readonly bytes: number }[]
  readonly matching: number
}

const SHOWN = 200
/** The API server's default --etcd-prefix. */
const PREFIX = '/registry/'

/** The store behind the API server, keys that contain `filter` first to last. */
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
    keys: matching.slice(0, SHOWN).map((key) => {
      const object = store.get(key)!
      return { key: `${PREFIX}${key}`, revision: Number(object.metadata.resourceVersion ?? 0), bytes: JSON.stringify(object).length }
    }),
    matching: matching.length,
  }
}
