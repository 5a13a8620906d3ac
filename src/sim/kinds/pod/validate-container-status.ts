import type { Container } from '../../api/container.ts'
import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, tooLong, type FieldError, type Path } from '../../api/field.ts'
import { isDns1123Label, isDns1123Subdomain, mustBeBetween } from '../../api/names.ts'
import type { Pod } from '../../api/pod.ts'
import type { ContainerStatus, LinuxContainerUser, PodStatus, ResourceStatus } from '../../api/pod-status.ts'
import { named } from '../../api/validate/simple.ts'

const MAX_ID = 2_147_483_647
const MAX_MESSAGE = 1024
const HEALTH = ['Healthy', 'Unhealthy', 'Unknown']
const LISTS = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const

function linuxUser(user: LinuxContainerUser, path: Path, out: FieldError[]): void {
  const id = (n: number, here: Path): void => {
    if (n < 0 || n > MAX_ID) out.push(invalidValue(here, n, mustBeBetween(0, MAX_ID)))
  }
  id(user.uid, child(path, 'uid'))
  id(user.gid, child(path, 'gid'))
  user.supplementalGroups?.forEach((g, i) => id(g, at(child(path, 'supplementalGroups'), i)))
}

function users(statuses: readonly ContainerStatus[], os: string, path: Path, out: FieldError[]): void {
  statuses.forEach(({ user }, i) => {
    if (!user?.linux) return
    const here = child(at(path, i), 'user.linux')
    if (os === 'windows') out.push(forbiddenField(here, 'cannot be set for a windows pod'))
    else if (os === 'linux') linuxUser(user.linux, here, out)
  })
}

function devices(given: ResourceStatus, c: Container | undefined, path: Path, out: FieldError[]): void {
  if (c && given.name.startsWith('claim:')) {
    const found = c.resources?.claims?.some((claim) => given.name === `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`)
    if (!found) out.push(invalidValue(child(path, 'name'), given.name, "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"))
  } else if (c && c.resources?.requests?.[given.name] === undefined) {
    out.push(invalidValue(child(path, 'name'), given.name, "must match one of the container's resource requests"))
  }
  const seen = new Set<string>()
  given.resources?.forEach((r, i) => {
    const here = at(child(path, 'resources'), i)
    if (!HEALTH.includes(r.health ?? '')) out.push(notSupported(child(here, 'health'), r.health ?? '', HEALTH))
    if (r.message === '') out.push(required(child(here, 'message'), 'must be non-empty if specified'))
    else if (r.message !== undefined && r.message.length > MAX_MESSAGE) out.push(tooLong(child(here, 'message'), MAX_MESSAGE))
    if (seen.has(r.resourceID)) out.push(duplicate(child(here, 'resourceID'), r.resourceID))
    seen.add(r.resourceID)
  })
}

function allocated(key: (typeof LISTS)[number], statuses: readonly ContainerStatus[] | undefined, containers: readonly Container[] | undefined, out: FieldError[]): void {
  statuses?.forEach((s, i) => {
    if (!s.allocatedResourcesStatus) return
    const c = containers?.find(({ name }) => name === s.name)
    s.allocatedResourcesStatus.forEach((given, j) => devices(given, c, at(child(at(`status.${key}`, i), 'allocatedResourcesStatus'), j), out))
  })
}

/** core/validation: validateContainerStatusUsers and validateContainerStatusAllocatedResourcesStatus. */
export function containerStatuses({ spec, status = {} }: Pod, out: FieldError[]): void {
  for (const list of LISTS) if (status[list]) users(status[list], spec.os?.name ?? 'linux', `status.${list}`, out)
  allocated('containerStatuses', status.containerStatuses, spec.containers, out)
  allocated('initContainerStatuses', status.initContainerStatuses, spec.initContainers, out)
  status.ephemeralContainerStatuses?.forEach((s, i) => {
    if (s.allocatedResourcesStatus?.length) out.push(forbiddenField(child(at('status.ephemeralContainerStatuses', i), 'allocatedResourcesStatus'), 'must not be specified in container status'))
  })
}

/** core/validation: validatePodResourceClaimStatuses. */
export function claimStatuses(status: PodStatus, { spec }: Pod, out: FieldError[]): void {
  if (!status.resourceClaimStatuses) return
  const seen = new Set<string>()
  status.resourceClaimStatuses.forEach((s, i) => {
    const path = at('status.resourceClaimStatuses', i)
    if (!spec.resourceClaims?.some(({ name }) => name === s.name)) out.push(invalidValue(child(path, 'name'), s.name, 'must match the name of an entry in `spec.resourceClaims`'))
    if (seen.has(s.name)) out.push(duplicate(child(path, 'name'), s.name))
    seen.add(s.name)
    if (s.resourceClaimName !== undefined) named(isDns1123Subdomain, s.resourceClaimName, child(path, 'resourceClaimName'), out)
  })
}

/** core/validation: validatePodExtendedResourceClaimStatus. */
export function extendedClaimStatus(status: PodStatus, { spec }: Pod, out: FieldError[]): void {
  const given = status.extendedResourceClaimStatus
  if (!given) return
  const path = 'status.extendedResourceClaimStatus'
  if (!given.requestMappings?.length) out.push(required(`${path}.requestMappings`, 'at least one request mapping is required'))
  const seen = new Set<string>()
  given.requestMappings?.forEach((m, i) => {
    const here = at(`${path}.requestMappings`, i)
    const c = spec.containers.find(({ name }) => name === m.containerName) ?? spec.initContainers?.find(({ name }) => name === m.containerName)
    if (!c) out.push(invalidValue(child(here, 'containerName'), m.containerName, 'must match the name of an entry in spec.initContainers.name or spec.containers.name'))
    else if (c.resources?.requests?.[m.resourceName] === undefined) {
      out.push(invalidValue(child(here, 'resourceName'), m.resourceName, 'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests'))
    }
    // The path is Kubernetes' own: the index is not in it.
    named(isDns1123Label, m.requestName, `${path}.requestName`, out)
    const id = JSON.stringify([m.containerName, m.resourceName, m.requestName])
    if (seen.has(id)) out.push(duplicate(child(here, 'containerName'), m.containerName), duplicate(child(here, 'resourceName'), m.resourceName), duplicate(child(here, 'requestName'), m.requestName))
    seen.add(id)
  })
  const name = given.resourceClaimName
  if (!name) out.push(required(`${path}.resourceClaimName`))
  else named(isDns1123Subdomain, name, `${path}.resourceClaimName`, out)
}
