import type { EtcdState } from '../../workers/protocol.ts'
import type { WatchHub } from '../apiserver/watch-hub.ts'
import type { Store } from '../store/store.ts'

const SHOWN = 200
/** The API server's default --etcd-prefix. */
const PREFIX = '/registry/'

/** The store behind the API server, with those keys that contain `filter`, written last first. */
export function etcdState(store: Store, hub: WatchHub, filter: string): EtcdState {
  const wanted = filter.replace(/^\/registry\//, '')
  const watches = new Map<string, number>()
  for (const { resource } of hub.open.values()) watches.set(resource, (watches.get(resource) ?? 0) + 1)
  const latest = new Latest(SHOWN)
  let matching = 0
  for (const resource of store.resources()) {
    for (const key of store.keys(resource)) {
      if (!key.includes(wanted)) continue
      matching++
      latest.offer(key, Number(store.get(key)!.metadata.resourceVersion ?? 0))
    }
  }
  return {
    revision: store.revision,
    compacted: store.compacted,
    total: store.objects.size,
    prefixes: store.resources().map((resource) => ({ prefix: `${PREFIX}${resource}/`, keys: store.count(resource), watches: watches.get(resource) ?? 0 })),
    keys: latest.list().map(({ key, revision }) => ({ key: `${PREFIX}${key}`, revision, bytes: JSON.stringify(store.get(key)).length })),
    matching,
  }
}

/** The `most` keys that were written last, of any number that are offered: a list that stays short is sorted, not all of etcd. */
class Latest {
  readonly #most: number
  #list: { readonly key: string; readonly revision: number }[] = []
  #least = -1

  constructor(most: number) {
    this.#most = most
  }

  offer(key: string, revision: number): void {
    if (revision <= this.#least) return
    this.#list.push({ key, revision })
    if (this.#list.length >= this.#most * 2) this.#cut()
  }

  list(): readonly { readonly key: string; readonly revision: number }[] {
    this.#cut()
    return this.#list
  }

  #cut(): void {
    this.#list = this.#list.sort((a, b) => b.revision - a.revision).slice(0, this.#most)
    if (this.#list.length === this.#most) this.#least = this.#list.at(-1)!.revision
  }
}
