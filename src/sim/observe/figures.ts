import type { NodeFigures } from '../../workers/protocol.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { podRequests } from '../api/pod-resources.ts'
import { milliValue, value } from '../api/quantity.ts'
import type { Store } from '../store/store.ts'

export type NodeFaultState = 'crashed' | 'frozen' | 'partitioned'

/** What the store does not know of nodes. */
export interface Machines {
  fault(node: string): NodeFaultState | undefined
  /** Thousandths of a core and bytes in use now. */
  usage(node: string): { readonly cpu: number; readonly memory: number } | undefined
}

/** What the pods of each node ask for, kept up with their changes: milli-CPU and bytes. */
export class Requested {
  readonly #sums = new Map<string, { cpu: number; memory: number }>()

  /** A pod came (no `from`), changed, or went (no `to`). Objects that are no pods are passed over. */
  change(key: string, from: KubeObject | undefined, to: KubeObject | undefined): void {
    if (!key.startsWith('pods/')) return
    if (from) this.#add(from as Pod, -1)
    if (to) this.#add(to as Pod, 1)
  }

  of(node: string): { readonly cpu: number; readonly memory: number } {
    return this.#sums.get(node) ?? NOTHING
  }

  #add(pod: Pod, sign: 1 | -1): void {
    const { nodeName } = pod.spec
    const phase = pod.status?.phase
    if (!nodeName || phase === 'Succeeded' || phase === 'Failed') return
    const { milliCpu, memory } = podRequests(pod)
    let sum = this.#sums.get(nodeName)
    if (!sum) this.#sums.set(nodeName, (sum = { cpu: 0, memory: 0 }))
    sum.cpu += sign * milliCpu
    sum.memory += sign * memory
  }
}

const NOTHING = { cpu: 0, memory: 0 }

/** Requested and used against allocatable of every node. */
export function nodeFigures(store: Store, requested: Requested, machines: Machines): readonly NodeFigures[] {
  return store.keys('nodes').map((key) => {
    const node = store.get(key) as KubeObject & { readonly status?: { readonly allocatable?: Readonly<Record<string, string>> } }
    const allocatable = node.status?.allocatable ?? {}
    const { name } = node.metadata
    const asked = requested.of(name)
    const used = machines.usage(name)
    return {
      name,
      fault: machines.fault(name) ?? null,
      cpu: { requested: asked.cpu, used: used?.cpu ?? 0, allocatable: milliValue(allocatable['cpu'] ?? '0') },
      memory: { requested: asked.memory, used: used?.memory ?? 0, allocatable: value(allocatable['memory'] ?? '0') },
    }
  })
}
