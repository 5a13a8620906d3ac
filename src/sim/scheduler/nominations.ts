import { keyOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Engine } from '../engine/engine.ts'
import type { Index, Table } from '../engine/table.ts'

interface Promised {
  readonly pod: Pod
  readonly node: string
}

/** Which node was promised to which waiting pod after making room there (backend/queue/nominator.go). */
export class Nominations {
  readonly #table: Table<Promised>
  readonly #byNode: Index<Promised>

  constructor(engine: Engine, name: string) {
    this.#table = engine.table<Promised>(`${name}/nominated`)
    this.#byNode = this.#table.index(({ node }) => node)
  }

  promise(pod: Pod, node: string): void {
    this.#table.set(keyOf(pod), { pod, node })
  }

  /** What a pod that still waits says itself of the node it was promised. */
  renew(pod: Pod): void {
    const node = pod.status?.nominatedNodeName
    if (node && !pod.spec.nodeName) this.promise(pod, node)
  }

  withdraw(key: string): void {
    this.#table.delete(key)
  }

  clear(): void {
    for (const key of [...this.#table.keys()]) this.#table.delete(key)
  }

  get some(): boolean {
    return this.#table.size > 0
  }

  on(node: string): readonly Pod[] {
    return this.#byNode.count(node) === 0 ? NONE : this.#byNode.keys(node).map((key) => this.#table.get(key)!.pod)
  }
}

const NONE: readonly Pod[] = []
