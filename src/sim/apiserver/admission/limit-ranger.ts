import type { Container } from '../../api/container.ts'
import type { LimitRange, LimitRangeItem } from '../../api/limit-range.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import { aggregateResources } from '../../api/pod-resources.ts'
import { milliValue, value, type ResourceList } from '../../api/quantity.ts'
import { forbidden, type Status } from '../../api/status.ts'
import { aggregate } from '../authorization/rbac.ts'
import type { Execution } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'
const MAX_MILLI = 2 ** 63 / 1000
const NONE: ResourceList = {}

const ranges = ({ store, namespace }: Execution): readonly LimitRange[] => store.keys('limitranges', namespace).map((key) => store.get(key) as LimitRange)

/** Defaults and bounds for what containers, pods and claims ask for (plugin/pkg/admission/limitranger). */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods', 'persistentvolumeclaims'],
  subresources: ['', 'resize'],
  admit(exec, object, old) {
    if (old || exec.kind.plural !== 'pods' || exec.subresource) return object
    let pod = object as Pod
    for (const range of ranges(exec)) pod = withDefaults(pod, range)
    return pod
  },
  validate(exec, object, old) {
    const isPod = exec.kind.plural === 'pods'
    if (isPod && old && exec.subresource !== 'resize') return undefined
    for (const range of ranges(exec)) {
      const errors = isPod ? podErrors(range, object as Pod) : claimErrors(range, object)
      if (errors.length > 0) return refuse(exec, object, aggregate(errors))
    }
    return undefined
  },
}

const refuse = ({ kind, name }: Execution, { metadata }: KubeObject, why: string): Status => forbidden({ group: kind.group, resource: kind.plural }, name || metadata.name, why)

function withDefaults(pod: Pod, range: LimitRange): Pod {
  const items = (range.spec?.limits ?? []).filter((item) => item.type === 'Container')
  const limits: ResourceList = Object.assign({}, ...items.map((item) => item.default))
  const requests: ResourceList = Object.assign({}, ...items.map((item) => item.defaultRequest))
  const said: string[] = []
  const fill = (what: string) => (container: Container): Container => {
    const { limits: ownLimits = NONE, requests: ownRequests = NONE } = container.resources ?? {}
    const missing = (defaults: ResourceList, own: ResourceList): readonly string[] => Object.keys(defaults).filter((key) => own[key] === undefined).sort()
    const [newRequests, newLimits] = [missing(requests, ownRequests), missing(limits, ownLimits)]
    if (newRequests.length > 0) said.push(`${newRequests.join(', ')} request for ${what} ${container.name}`)
    if (newLimits.length > 0) said.push(`${newLimits.join(', ')} limit for ${what} ${container.name}`)
    if (newRequests.length + newLimits.length === 0) return container
    const merged = (defaults: ResourceList, own: ResourceList): ResourceList => ({ ...defaults, ...own })
    return {
      ...container,
      resources: {
        ...container.resources,
        ...(newLimits.length > 0 ? { limits: merged(limits, ownLimits) } : {}),
        ...(newRequests.length > 0 ? { requests: merged(requests, ownRequests) } : {}),
      },
    }
  }
  const containers = pod.spec.containers.map(fill('container'))
  const initContainers = pod.spec.initContainers?.map(fill('init container'))
  if (said.length === 0) return pod
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${said.join('; ')}` }
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: { ...pod.spec, containers, ...(initContainers ? { initContainers } : {}) } }
}

function podErrors(range: LimitRange, { spec }: Pod): readonly string[] {
  return (range.spec?.limits ?? []).flatMap((item) => {
    if (item.type === 'Container') return [...spec.containers, ...(spec.initContainers ?? [])].flatMap((c) => bounds(item, c.resources?.requests ?? NONE, c.resources?.limits ?? NONE))
    return item.type === 'Pod' ? bounds(item, wholePod(spec, 'requests'), wholePod(spec, 'limits')) : []
  })
}

/** Containers together; pod-level cpu and memory win. */
function wholePod(spec: PodSpec, side: 'requests' | 'limits'): ResourceList {
  const own = spec.resources?.[side] ?? NONE
  const { cpu, memory } = own
  return { ...aggregateResources(spec, side), ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
}

function claimErrors(range: LimitRange, claim: KubeObject): readonly string[] {
  const requests = (claim.spec as { readonly resources?: { readonly requests?: ResourceList } } | undefined)?.resources?.requests ?? NONE
  return (range.spec?.limits ?? []).flatMap((item) =>
    item.type !== 'PersistentVolumeClaim'
      ? []
      : [
          ...each(item.min, (name, least) => below(item.type, name, least, requests, NONE)),
          ...each(item.max, (name, most) => {
            const asked = requests[name]
            if (asked === undefined) return `maximum ${name} usage per ${item.type} is ${most}.  No request is specified`
            return more(asked, most) ? `maximum ${name} usage per ${item.type} is ${most}, but request is ${asked}` : undefined
          }),
        ],
  )
}

function bounds(item: LimitRangeItem, requests: ResourceList, limits: ResourceList): readonly string[] {
  return [
    ...each(item.min, (name, least) => below(item.type, name, least, requests, limits)),
    ...each(item.max, (name, most) => above(item.type, name, most, requests, limits)),
    ...each(item.maxLimitRequestRatio, (name, ratio) => beyond(item.type, name, ratio, requests[name], limits[name])),
  ]
}

const each = (list: ResourceList | undefined, check: (name: string, amount: string) => string | undefined): readonly string[] =>
  Object.keys(list ?? NONE).sort().flatMap((name) => check(name, list![name]!) ?? [])

/** Compared in thousandths where these do not overflow. */
function more(a: string, b: string): boolean {
  return value(a) <= MAX_MILLI && value(b) <= MAX_MILLI ? milliValue(a) > milliValue(b) : value(a) > value(b)
}

function below(type: string, name: string, least: string, requests: ResourceList, limits: ResourceList): string | undefined {
  const [request, limit] = [requests[name], limits[name]]
  const head = `minimum ${name} usage per ${type} is ${least}`
  if (request === undefined) return `${head}.  No request is specified`
  if (more(least, request)) return `${head}, but request is ${request}`
  return limit !== undefined && more(least, limit) ? `${head}, but limit is ${limit}` : undefined
}

function above(type: string, name: string, most: string, requests: ResourceList, limits: ResourceList): string | undefined {
  const [request, limit] = [requests[name], limits[name]]
  const head = `maximum ${name} usage per ${type} is ${most}`
  if (limit === undefined) return `${head}.  No limit is specified`
  if (more(limit, most)) return `${head}, but limit is ${limit}`
  return request !== undefined && more(request, most) ? `${head}, but request is ${request}` : undefined
}

function beyond(type: string, name: string, ratio: string, request: string | undefined, limit: string | undefined): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${ratio}, but`
  if (request === undefined || milliValue(request) === 0) return `${head} no request is specified or request is 0`
  if (limit === undefined || milliValue(limit) === 0) return `${head} no limit is specified or limit is 0`
  const fine = value(request) <= MAX_MILLI && value(limit) <= MAX_MILLI
  const observed = fine ? milliValue(limit) / milliValue(request) : value(limit) / value(request)
  return observed * 1000 > milliValue(ratio) ? `${head} provided ratio is ${observed.toFixed(6)}` : undefined
}
