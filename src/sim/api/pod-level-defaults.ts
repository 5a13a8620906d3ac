import type { Container, ResourceRequirements } from './container.ts'
import type { PodSpec } from './pod-spec.ts'
import { own as ownValue } from './own.ts'
import { aggregateResources, isPodLevelResource } from './pod-resources.ts'
import type { ResourceList } from './quantity.ts'
import { assignSame, mapSame } from './share.ts'

/** Requests that are not given equal the limits. */
function requestsFromLimits(r: ResourceRequirements | undefined): ResourceRequirements | undefined {
  if (!r?.limits) return r
  let requests: Record<string, string> | undefined
  for (const name in r.limits) if (ownValue(r.requests, name) === undefined) (requests ??= { ...r.requests })[name] = r.limits[name]!
  return requests ? { ...r, requests } : r
}

const hugePage = (name: string): boolean => name.startsWith('hugepages-')

/** Pod-level resources: huge-page limits and missing requests come from the containers, then from the pod's limits. */
function podLevel(spec: PodSpec): PodSpec {
  const own = spec.resources
  if (!own || (Object.keys(own.limits ?? {}).length === 0 && Object.keys(own.requests ?? {}).length === 0)) return spec
  const limits: Record<string, string> = { ...own.limits }
  const containers = aggregateResources(spec, 'limits')
  for (const name in containers) if (hugePage(name) && own.requests?.[name] === undefined && limits[name] === undefined) limits[name] = containers[name]!
  const next = Object.keys(limits).length > Object.keys(own.limits ?? {}).length ? { ...own, limits: limits as ResourceList } : own
  if (Object.keys(limits).length === 0) return assignSame(spec, { resources: next })
  const requests: Record<string, string> = { ...own.requests }
  const wanted = aggregateResources(spec, 'requests')
  for (const name in wanted) if (isPodLevelResource(name) && !hugePage(name) && requests[name] === undefined) requests[name] = wanted[name]!
  for (const name in limits) if (isPodLevelResource(name) && requests[name] === undefined) requests[name] = limits[name]!
  const grown = Object.keys(requests).length > Object.keys(own.requests ?? {}).length
  return assignSame(spec, { resources: grown ? { ...next, requests: requests as ResourceList } : next })
}

const hostPorts = (c: Container): Container =>
  assignSame(c, { ports: mapSame(c.ports, (p) => (p.hostPort ? p : { ...p, hostPort: p.containerPort })) })

/** core/v1 SetDefaults_Pod: what holds for pods but not for templates. */
export function defaultPodRequests(spec: PodSpec): PodSpec {
  const fill = (c: Container): Container => assignSame(c, { resources: requestsFromLimits(c.resources) })
  const filled = podLevel(assignSame(spec, { containers: mapSame(spec.containers, fill), initContainers: mapSame(spec.initContainers, fill) }))
  if (!filled.hostNetwork) return filled
  return assignSame(filled, { containers: mapSame(filled.containers, hostPorts), initContainers: mapSame(filled.initContainers, hostPorts) })
}
