import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { podRequests } from '../api/pod-resources.ts'
import { milliValue, value } from '../api/quantity.ts'
import type { Store } from '../store/store.ts'

/** Per node: milli-CPU and bytes. `used` is 0 where kubelets are faked and nothing runs. */
export interface NodeFigures {
  readonly name: string
  /** What a fault did to the machine or its kubelet. */
  readonly fault: NodeFaultState | null
  readonly cpu: { readonly requested: number; readonly used: number; readonly allocatable: number }
  readonly memory: { readonly requested: number; readonly used: number; readonly allocatable: number }
}

export type NodeFaultState = 'crashed' | 'frozen' | 'partitioned'

/** What the store does not know of nodes. */
export interface Machines {
  fault(node: string): NodeFaultState | undefined
  /** Thousandths of a core and bytes in use now. */
  usage(node: string): { readonly cpu: number; readonly memory: number } | undefined
}

/** Requested and used against allocatable of every node, in one pass over the pods. */
export function nodeFigures(store: Store, machines: Machines): readonly NodeFigures[] {
  const sums = new Map<string, { cpu: number; memory: number }>()
  for (const key of store.keys('pods')) {
    const pod = store.get(key) as Pod
    const { nodeName } = pod.spec
    const phase = pod.status?.phase
    if (!nodeName || phase === 'Succeeded' || phase === 'Failed') continue
    const { milliCpu, memory } = podRequests(pod)
    const sum = sums.get(nodeName) ?? { cpu: 0, memory: 0 }
    sum.cpu += milliCpu
    sum.memory += memory
    sums.set(nodeName, sum)
  }
  return store.keys('nodes').map((key) => {
    const node = store.get(key) as KubeObject & { readonly status?: { readonly allocatable?: Readonly<Record<string, string>> } }
    const allocatable = node.status?.allocatable ?? {}
    const { name } = node.metadata
    const sum = sums.get(name)
    const used = machines.usage(name)
    return {
      name,
      fault: machines.fault(name) ?? null,
      cpu: { requested: sum?.cpu ?? 0, used: used?.cpu ?? 0, allocatable: milliValue(allocatable['cpu'] ?? '0') },
      memory: { requested: sum?.memory ?? 0, used: used?.memory ?? 0, allocatable: value(allocatable['memory'] ?? '0') },
    }
  })
}
