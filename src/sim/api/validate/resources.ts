import { at, child, duplicate, forbiddenField, invalidValue, notFoundValue, notSupported, required, type Path } from '../field.ts'
import type { ResourceRequirements } from '../container.ts'
import { isDns1123Label, isQualifiedName } from '../names.ts'
import { own } from '../own.ts'
import { aggregateResources, isPodLevelResource } from '../pod-resources.ts'
import type { PodSpec } from '../pod-spec.ts'
import { compareQuantities, isNegativeQuantity, milliValue, value } from '../quantity.ts'
import { sortedKeys } from '../sorted-keys.ts'
import { named, type Errors } from './simple.ts'

const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage'])
const INTEGER = new Set([
  'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers',
])
const STANDARD = new Set([
  ...CONTAINER, 'storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory',
  'limits.ephemeral-storage', ...INTEGER,
])

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
/** A vendor's resource such as example.com/gpu (helper: IsExtendedResourceName). */
export const isExtendedResource = (name: string): boolean => !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
const isInteger = (name: string): boolean => INTEGER.has(name) || isExtendedResource(name)
const isStandard = (name: string): boolean => STANDARD.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')
export const overcommit = (name: string): boolean => isNative(name) && !isHugePages(name)

/** core/validation: ValidateResourceQuantityValue. */
export function quantityValue(name: string, q: string, path: Path, out: Errors): void {
  if (isNegativeQuantity(q)) out.push(invalidValue(path, q, 'must be greater than or equal to 0'))
  if (isInteger(name) && milliValue(q) % 1000 !== 0) out.push(invalidValue(path, q, 'must be an integer'))
}

type NameRule = (name: string, path: Path, out: Errors) => void

/** validateResourceName; true where nothing is wrong. */
export function resourceName(name: string, path: Path, out: Errors): boolean {
  const before = out.length
  named(isQualifiedName, name, path, out)
  if (out.length === before && !name.includes('/') && !isStandard(name)) out.push(invalidValue(path, name, 'must be a standard resource type or fully qualified'))
  return out.length === before
}

/** core/validation: ValidateContainerResourceName. */
export const containerResourceName: NameRule = (name, path, out) => {
  resourceName(name, path, out)
  if (!name.includes('/')) {
    if (!CONTAINER.has(name) && !isHugePages(name)) out.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtendedResource(name)) out.push(invalidValue(path, name, "doesn't follow extended resource name standard"))
}

const podName: NameRule = (name, path, out) => {
  if (resourceName(name, path, out) && !isPodLevelResource(name)) out.push(notSupported(path, name, ['cpu', 'hugepages-', 'memory']))
}

function hugePages(name: string, q: string, path: Path, out: Errors): void {
  const size = value(name.slice('hugepages-'.length))
  if (size > 0 && (value(q) % size !== 0 || value(q) < 0)) out.push(invalidValue(path, q, `${q} is not positive integer multiple of ${name}`))
}

/** core/validation: ValidateContainerResourceRequirements. `claims` are the names of the pod's claims. */
export function resourceRequirements(r: ResourceRequirements, claims: ReadonlySet<string>, path: Path, out: Errors, rule: NameRule = containerResourceName): void {
  const limits = r.limits ?? {}
  const requests = r.requests ?? {}
  const limPath = child(path, 'limits')
  const reqPath = child(path, 'requests')
  let huge = false
  let basic = false
  const one = (name: string, q: string, here: Path): void => {
    rule(name, here, out)
    quantityValue(name, q, here, out)
    huge ||= isHugePages(name)
    basic ||= name === 'cpu' || name === 'memory'
  }
  for (const name of sortedKeys(limits)) {
    one(name, limits[name]!, at(limPath, name))
    if (isHugePages(name)) hugePages(name, limits[name]!, at(limPath, name), out)
  }
  for (const name of sortedKeys(requests)) {
    one(name, requests[name]!, at(reqPath, name))
    againstLimit(name, requests[name]!, own(limits, name), limPath, reqPath, out)
    if (isHugePages(name)) hugePages(name, requests[name]!, at(reqPath, name), out)
  }
  if (huge && !basic) out.push(forbiddenField(path, 'HugePages require cpu or memory'))
  claimNames(r, claims, child(path, 'claims'), out)
}

function againstLimit(name: string, request: string, limit: string | undefined, limPath: Path, reqPath: Path, out: Errors): void {
  if (limit === undefined) {
    if (!overcommit(name)) out.push(required(limPath, 'Limit must be set for non overcommitable resources'))
    return
  }
  const order = compareQuantities(request, limit)
  if (order !== 0 && !overcommit(name)) out.push(invalidValue(reqPath, request, `must be equal to ${name} limit of ${limit}`))
  else if (order > 0) out.push(invalidValue(reqPath, request, `must be less than or equal to ${name} limit of ${limit}`))
}

function claimNames(r: ResourceRequirements, known: ReadonlySet<string>, path: Path, out: Errors): void {
  if (!r.claims) return
  const seen = new Set<string>()
  r.claims.forEach((c, i) => {
    const here = at(path, i)
    if (!c.name) return void out.push(required(here))
    if (seen.has(c.name)) out.push(duplicate(here, c.name))
    else {
      if (c.request) named(isDns1123Label, c.request, child(here, 'request'), out)
      const key = c.request ? `${c.name}/${c.request}` : c.name
      if (seen.has(key)) out.push(duplicate(here, key))
      else if (!c.request) for (const other of seen) if (other.startsWith(`${c.name}/`)) out.push(duplicate(here, c.name))
      seen.add(key)
    }
    if (known.has(c.name)) return
    const error = notFoundValue(here, c.name)
    const rest = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`
    out.push({ ...error, body: `${error.body}: must be one of the names in pod.spec.resourceClaims${rest}` })
  })
}

/** core/validation: validatePodResources, the pod-level ones and how they fit those of the containers. */
export function podResources(spec: PodSpec, claims: ReadonlySet<string>, path: Path, out: Errors): void {
  const r = spec.resources
  if (!r) return
  const here = child(path, 'resources')
  if (spec.os?.name === 'windows') return void out.push(forbiddenField(here, 'may not be set for a windows pod'))
  if (r.claims) out.push(forbiddenField(child(here, 'claims'), 'claims may not be set for Resources at pod-level'))
  resourceRequirements(r, claims, here, out, podName)
  const wanted = aggregateResources(spec, 'requests')
  for (const name of sortedKeys(wanted)) {
    const given = own(r.requests, name)
    if (given !== undefined && compareQuantities(wanted[name]!, given) > 0) {
      out.push(invalidValue(at(child(here, 'requests'), name), given, `must be greater than or equal to aggregate container requests of ${wanted[name]}`))
    }
  }
  const limited = aggregateResources(spec, 'limits')
  for (const name of sortedKeys(limited)) {
    const given = own(r.limits, name)
    if (isHugePages(name) && given !== undefined && compareQuantities(limited[name]!, given) > 0) {
      out.push(invalidValue(at(child(here, 'limits'), name), given, `must be greater than or equal to aggregate container limits of ${limited[name]}`))
    }
  }
  spec.containers.forEach((c, i) => {
    for (const name of sortedKeys(c.resources?.limits ?? {})) {
      const [limit, given] = [c.resources!.limits![name]!, own(r.limits, name)]
      if (given !== undefined && compareQuantities(limit, given) > 0) {
        out.push(invalidValue(child(at(at(child(here, 'containers'), i), name), 'limits'), limit, `must be less than or equal to pod limits of ${given}`))
      }
    }
  })
}
