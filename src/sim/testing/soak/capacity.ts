import type { Pod } from '../../api/pod.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { Node } from '../../kinds/node/node.ts'

/** What a pod asks for: the sum over its containers, or the largest init container where that is more. */
function requested(pod: Pod, resource: 'cpu' | 'memory'): number {
  const amount = resource === 'cpu' ? milliValue : value
  const of = (c: Pod['spec']['containers'][number]): number => amount(c.resources?.requests?.[resource] ?? c.resources?.limits?.[resource])
  const together = pod.spec.containers.reduce((sum, c) => sum + of(c), 0)
  return (pod.spec.initContainers ?? []).reduce((most, c) => Math.max(most, of(c)), together)
}

/** In which respects the pods ask for more than the node has. */
export function overcommitted(node: Node, pods: readonly Pod[]): readonly string[] {
  const has = node.status?.allocatable ?? {}
  const wrong: string[] = []
  for (const [resource, amount] of [['cpu', milliValue], ['memory', value]] as const) {
    const sum = pods.reduce((n, pod) => n + requested(pod, resource), 0)
    if (sum > amount(has[resource])) wrong.push(`${resource} ${sum} of ${amount(has[resource])}`)
  }
  if (pods.length > value(has.pods)) wrong.push(`pods ${pods.length} of ${value(has.pods)}`)
  return wrong
}
