import { at, child, invalidValue, required, duplicate, type Path } from '../field.ts'
import type { ResourceRequirements } from '../container.ts'
import { isQualifiedName } from '../names.ts'
import { compareQuantities, isNegativeQuantity, milliValue, type ResourceList } from '../quantity.ts'
import type { Errors } from './simple.ts'

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage'])
const INTEGER = new Set(['pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'])

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
/** A vendor's resource such as example.com/gpu (helper: IsExtendedResourceName). */
export const isExtendedResource = (name: string): boolean => !isNative(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0

const isInteger = (name: string): boolean => INTEGER.has(name) || isExtendedResource(name)

/** core/validation: ValidateResourceQuantityValue. */
export function quantityValue(name: string, q: string, path: Path, out: Errors): void {
  if (isNegativeQuantity(q)) out.push(invalidValue(path, q, 'must be greater than or equal to 0'))
  if (isInteger(name) && milliValue(q) % 1000 !== 0) out.push(invalidValue(path, q, 'must be an integer'))
}

/** The name of a resource that a container may ask for (validateContainerResourceName). */
function containerResource(name: string, path: Path, out: Errors): void {
  const bad = isQualifiedName(name)
  for (const m of bad) out.push(invalidValue(path, name, m))
  if (bad.length) return
  if (!name.includes('/')) {
    if (!STANDARD.has(name) && !isHugePages(name)) out.push(invalidValue(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtendedResource(name)) out.push(invalidValue(path, name, "doesn't follow extended resource name standard"))
}

const overcommit = (name: string): boolean => isNative(name) && !isHugePages(name)

/** validateResourceRequirements for a container; `claimNames` are those of the pod. */
export function resourceRequirements(r: ResourceRequirements, claimNames: ReadonlySet<string>, path: Path, out: Errors): void {
  const limits = r.limits ?? {}
  const requests = r.requests ?? {}
  let huge = false
  let basic = false
  const note = (name: string): void => {
    huge ||= isHugePages(name)
    basic ||= name === 'cpu' || name === 'memory'
  }
  const limPath = child(path, 'limits')
  const reqPath = child(path, 'requests')
  for (const name of sortedNames(limits)) {
    containerResource(name, limPath, out)
    quantityValue(name, limits[name]!, at(limPath, name), out)
    note(name)
  }
  for (const name of sortedNames(requests)) {
    containerResource(name, reqPath, out)
    quantityValue(name, requests[name]!, at(reqPath, name), out)
    note(name)
    requestAgainstLimit(name, requests[name]!, limits[name], reqPath, out)
  }
  if (huge && !basic) out.push({ type: 'FieldValueForbidden', field: path, body: 'Forbidden: HugePages require cpu or memory' })
  claims(r, claimNames, child(path, 'claims'), out)
}

function requestAgainstLimit(name: string, request: string, limit: string | undefined, path: Path, out: Errors): void {
  if (limit === undefined) {
    if (!overcommit(name)) out.push(required(at(path.replace(/requests$/, 'limits'), name), `Limit must be set for non overcommitable resources`))
    return
  }
  const order = compareQuantities(request, limit)
  if (order > 0) out.push(invalidValue(path, request, `must be less than or equal to ${name} limit of ${limit}`))
  else if (order < 0 && !overcommit(name)) out.push(invalidValue(path, request, `must be equal to ${name} limit of ${limit}`))
}

function claims(r: ResourceRequirements, known: ReadonlySet<string>, path: Path, out: Errors): void {
  const seen = new Set<string>()
  ;(r.claims ?? []).forEach((c, i) => {
    const here = at(path, i)
    if (!c.name) return void out.push(required(child(here, 'name')))
    const id = c.request ? `${c.name}/${c.request}` : c.name
    if (seen.has(id)) out.push(duplicate(here, id))
    seen.add(id)
    if (!known.has(c.name)) out.push({ type: 'FieldValueNotFound', field: child(here, 'name'), body: `Not found: ${JSON.stringify(c.name)}: must be one of the names in pod.spec.resourceClaims` })
  })
}

const sortedNames = (list: ResourceList): readonly string[] => Object.keys(list).sort()
