import type { Container } from '../api/container.ts'
import type { Pod } from '../api/pod.ts'
import { addResources, maxResources, type ResourceList } from '../api/quantity.ts'

const sum = (containers: readonly Container[], side: 'requests' | 'limits'): ResourceList =>
  containers.reduce<ResourceList>((all, c) => addResources(all, c.resources?.[side]), {})

function total(pod: Pod, side: 'requests' | 'limits'): ResourceList {
  const main = sum(pod.spec.containers, side)
  return (pod.spec.initContainers ?? []).reduce<ResourceList>((all, c) => maxResources(all, c.resources?.[side]), main)
}

/** What a pod asks for: its containers together, or an init container that asks for more (kubectl: resource.PodRequestsAndLimits). */
export const podRequests = (pod: Pod): ResourceList => total(pod, 'requests')
export const podLimits = (pod: Pod): ResourceList => total(pod, 'limits')
