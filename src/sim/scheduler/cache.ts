import { deepEqual } from '../api/deep.ts'
import { keyOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { extended } from '../api/share.ts'
import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { Node } from '../kinds/node/node.ts'
import { emptyNodeInfo, withNode, withoutPod, withPod, withPodReplaced, type NodeInfo } from './node-info.ts'
import { LiveSnapshot } from './snapshot.ts'

/** What the scheduler holds of the cluster: nodes with their pods, and the pods it has placed that are not bound yet (backend/cache). */
export class SchedulerCache {
  readonly nodes: Table<NodeInfo>
  /** Placed, but the binding is not confirmed: pod key → the pod as if it were bound. */
  readonly assumed: Table<Pod>
  readonly snapshot: LiveSnapshot
  readonly #podsOn: (node: string) => readonly Pod[]

  /** `podsOn` gives the bound pods of a node, for nodes that become known after their pods. */
  constructor(engine: Engine, name: string, podsOn: (node: string) => readonly Pod[]) {
    this.nodes = engine.table<NodeInfo>(`${name}/nodes`)
    this.assumed = engine.table<Pod>(`${name}/assumed`)
    this.snapshot = this.nodes.derive(new LiveSnapshot())
    this.#podsOn = podsOn
  }

  setNode(node: Node): void {
    const { name } = node.metadata
    const known = this.nodes.get(name)
    if (known) {
      this.nodes.set(name, withNode(known, node))
      return
    }
    const bound = this.#podsOn(name)
    const placed = this.#assumedOn(name).filter((p) => !bound.some((b) => b.metadata.uid === p.metadata.uid))
    this.nodes.set(name, [...bound, ...placed].reduce(withPod, emptyNodeInfo(node)))
  }

  removeNode(name: string): void {
    this.nodes.delete(name)
  }

  /** A bound pod has appeared; it takes the place of the assumed one. */
  addPod(pod: Pod): void {
    const key = keyOf(pod)
    const placed = this.assumed.get(key)
    if (placed) {
      this.assumed.delete(key)
      if (placed.spec.nodeName === pod.spec.nodeName && placed.metadata.uid === pod.metadata.uid) {
        this.#change(pod.spec.nodeName, (info) => withPodReplaced(info, placed, pod))
        return
      }
      this.#change(placed.spec.nodeName, (info) => withoutPod(info, placed))
    }
    this.#change(pod.spec.nodeName, (info) => withPod(withoutPod(info, pod), pod))
  }

  /** Only what can matter to a decision makes a new NodeInfo: most updates of pods are of their status. */
  updatePod(old: Pod, pod: Pod): void {
    const same = old.metadata.uid === pod.metadata.uid && old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp
    if (same && alike(old.metadata.labels, pod.metadata.labels) && alike(old.spec, pod.spec)) return
    this.removePod(old)
    this.addPod(pod)
  }

  removePod(pod: Pod): void {
    this.#change(pod.spec.nodeName, (info) => withoutPod(info, pod))
  }

  /** Counts the pod on `node` from now on. */
  assume(pod: Pod, node: string): void {
    const placed: Pod = { ...pod, spec: extended(pod.spec, { nodeName: node }) }
    this.assumed.set(keyOf(pod), placed)
    this.#change(node, (info) => withPod(info, placed))
  }

  /** The binding failed or the pod is gone. Gives back the pod as it was placed. */
  forget(key: string): Pod | undefined {
    const placed = this.assumed.get(key)
    if (!placed) return undefined
    this.assumed.delete(key)
    this.removePod(placed)
    return placed
  }

  /** In the order of their keys; the table itself is never asked for it, as it would keep it up from then on with every pod that comes and goes. */
  #assumedOn(node: string): readonly Pod[] {
    const found: Pod[] = []
    for (const pod of this.assumed.rows().values()) if (pod.spec.nodeName === node) found.push(pod)
    return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }

  #change(node: string | undefined, how: (info: NodeInfo) => NodeInfo): void {
    const info = node === undefined ? undefined : this.nodes.get(node)
    if (info) this.nodes.set(info.name, how(info))
  }
}

const alike = (a: unknown, b: unknown): boolean => a === b || deepEqual(a, b)
