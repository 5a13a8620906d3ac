import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { podResourceList, qosClass } from '../../api/pod-resources.ts'
import { milliValue, value, type ResourceList } from '../../api/quantity.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { NodeRow, PodRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

/** What pods of a node may have together: thousandths of a processor and bytes. */
export interface Allocatable {
  readonly cpu: number
  readonly memory: number
  readonly 'ephemeral-storage': number
}

const known = new WeakMap<ResourceList, Allocatable>()

/** As the node's status says; all that the machine has where it says nothing. */
export function allocatableOf(world: KubeletWorld, node: NodeRow): Allocatable {
  const list = (world.reader.get('nodes', undefined, node.name) as Node | undefined)?.status?.allocatable
  if (!list) return { cpu: node.milliCpu, memory: node.memory, 'ephemeral-storage': node.disk }
  let amounts = known.get(list)
  if (!amounts) known.set(list, (amounts = { cpu: milliValue(list['cpu']), memory: value(list['memory']), 'ephemeral-storage': value(list['ephemeral-storage']) }))
  return amounts
}

const hasMemoryLimit = ({ resources }: Pick<Container, 'resources'>): boolean => value(resources?.limits?.['memory']) > 0

/** Bytes to which the cgroup of a whole pod is held; undefined when one of its containers is not (pkg/kubelet/cm: ResourceConfigForPod). */
export function podMemoryLimit(pod: Pod): number | undefined {
  const { spec } = pod
  if (qosClass(pod) === 'BestEffort') return undefined
  const isDeclared = hasMemoryLimit(spec) || (spec.containers.every(hasMemoryLimit) && (spec.initContainers ?? []).every(hasMemoryLimit))
  return isDeclared ? value(podResourceList(pod, 'limits')['memory']) : undefined
}

/** The size of a file system in memory: what the pod could use, or less where the volume says so (emptydir: calculateEmptyDirMemorySize). */
export function memoryVolumeSize(world: KubeletWorld, row: PodRow, sizeLimit?: string): number {
  let size = allocatableOf(world, world.node(row)).memory
  for (const bound of [podMemoryLimit(row.pod) ?? 0, value(sizeLimit)]) if (bound > 0 && bound < size) size = bound
  return size
}
