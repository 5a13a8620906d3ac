import { EVERYTHING, matches, type Selector } from '../api/labels.ts'
import type { JsonObject, KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { fromBytes } from '../api/quantity.ts'
import { parseSelector } from '../api/selector-syntax.ts'
import { badRequest, notFound, resourceNotFound, type Status } from '../api/status.ts'
import type { ApiService } from '../kinds/apiservice/index.ts'
import { findCondition } from '../api/conditions.ts'
import type { PodUsage } from '../controllers/setup.ts'
import { formatTime, parseTime, seconds, type Micros } from '../engine/time.ts'

export const METRICS_GROUP = 'metrics.k8s.io'
const METRICS_VERSION = 'v1beta1'
const served = (kind: string, plural: string, namespaced: boolean) => ({
  group: METRICS_GROUP, version: METRICS_VERSION, kind, plural, singular: '', shortNames: [], categories: [], namespaced, verbs: ['get', 'list'], subresources: [], definition: '', custom: true,
})
/** What discovery tells of the group. */
export const METRICS_RESOURCES = [served('NodeMetrics', 'nodes', false), served('PodMetrics', 'pods', true)]
/** Where the APIService of the group is stored. */
export const METRICS_SERVICE = `apiservices/${METRICS_VERSION}.${METRICS_GROUP}`
/** metrics-server asks kubelets this often (--metric-resolution), and takes a container that is younger for fresh when it is at least this old. */
const RESOLUTION = seconds(15)
const FRESH = seconds(10)

/** What of the cluster the metrics server sees. */
export interface MetricsSource {
  get(key: string): KubeObject | undefined
  list<T extends KubeObject>(plural: string, namespace?: string): readonly T[]
  /** What containers of a namespace's pods use at `at`, and what nodes do. */
  pods(namespace: string, selector: Selector, at: Micros): readonly PodUsage[]
  nodes(at: Micros): readonly { readonly name: string; readonly cpu: number; readonly memory: number }[]
}

/** A request as the API server passes it on. */
interface Asked {
  readonly verb: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly options?: { readonly labelSelector?: string }
}

interface Sample {
  readonly at: Micros
  readonly window: Micros
}

/**
 * metrics.k8s.io as metrics-server answers it: samples every 15 s, a rate needs two of them, and one that was just started has none.
 * Nothing is stored: what it would have is a function of when its pod became ready and of what the kubelets say of that instant.
 */
export class MetricsServer {
  readonly #source: MetricsSource

  constructor(source: MetricsSource) {
    this.#source = source
  }

  /** Does a pod that runs metrics-server stand ready? */
  serves(group: string): boolean {
    return group === METRICS_GROUP && this.#since() !== undefined
  }

  /** What the HPA controller gets: usage by pod, or why there is none. */
  usage(namespace: string, selector: Selector, now: Micros): readonly PodUsage[] | string {
    if (!isStanding(this.#source)) {
      const installed = this.#source.get(METRICS_SERVICE) !== undefined
      return installed ? 'the server is currently unable to handle the request (get pods.metrics.k8s.io)' : 'the server could not find the requested resource (get pods.metrics.k8s.io)'
    }
    return this.#measured(namespace, selector, now)
  }

  answer(request: Asked, now: Micros): KubeObject | JsonObject | Status {
    const { verb, resource, namespace, name, options } = request
    if (verb !== 'get' && verb !== 'list') return { ...badRequest('the server does not allow this method on the requested resource'), reason: 'MethodNotAllowed', code: 405 }
    const selector = options?.labelSelector ? parseSelector(options.labelSelector) : EVERYTHING
    if (typeof selector === 'string') return badRequest(selector)
    if (resource === 'nodes') return this.#nodes(name, selector, now)
    if (resource === 'pods') return this.#pods(namespace, name, selector, now)
    return resourceNotFound()
  }

  #pods(namespace: string | undefined, name: string | undefined, selector: Selector, now: Micros): KubeObject | JsonObject | Status {
    const pods = this.#source.list<Pod>('pods', namespace).filter((pod) => (!name || pod.metadata.name === name) && matches(selector, pod.metadata.labels))
    if (name && pods.length === 0) return notFound({ group: '', resource: 'pods' }, name)
    const used = new Map<string, PodUsage>()
    for (const ns of [...new Set(pods.map((pod) => pod.metadata.namespace!))]) for (const usage of this.#measured(ns, EVERYTHING, now)) used.set(`${ns}/${usage.name}`, usage)
    const items = pods.flatMap((pod) => {
      const usage = used.get(`${pod.metadata.namespace}/${pod.metadata.name}`)
      return usage ? [podMetrics(pod, usage, now)] : []
    })
    if (name) return items[0] ?? notFound({ group: METRICS_GROUP, resource: 'podmetrics' }, `${namespace}/${name}`)
    return { kind: 'PodMetricsList', apiVersion: `${METRICS_GROUP}/${METRICS_VERSION}`, metadata: {}, items } as unknown as JsonObject
  }

  #nodes(name: string | undefined, selector: Selector, now: Micros): KubeObject | JsonObject | Status {
    const nodes = this.#source.list('nodes').filter((node) => (!name || node.metadata.name === name) && matches(selector, node.metadata.labels))
    if (name && nodes.length === 0) return notFound({ group: '', resource: 'nodes' }, name)
    const sample = this.#sample(now)
    const used = new Map(sample ? this.#source.nodes(sample.at).map((n) => [n.name, n]) : [])
    const items = nodes.flatMap((node) => {
      const usage = used.get(node.metadata.name)
      return usage && sample ? [{ ...head('NodeMetrics', node, now), ...measured(sample), usage: amounts(usage.cpu, usage.memory) } as unknown as KubeObject] : []
    })
    if (name) return items[0] ?? notFound({ group: METRICS_GROUP, resource: 'nodemetrics' }, name)
    return { kind: 'NodeMetricsList', apiVersion: `${METRICS_GROUP}/${METRICS_VERSION}`, metadata: {}, items } as unknown as JsonObject
  }

  /** The last sample that has one before it. */
  #sample(now: Micros): Sample | undefined {
    const since = this.#since()
    if (since === undefined) return undefined
    const ticks = Math.floor((now - since) / RESOLUTION)
    return ticks >= 1 ? { at: since + ticks * RESOLUTION, window: RESOLUTION } : undefined
  }

  /** What the last samples say of a namespace's pods. All of a pod's containers must have been measured. */
  #measured(namespace: string, selector: Selector, now: Micros): readonly PodUsage[] {
    const sample = this.#sample(now)
    if (!sample) return []
    return this.#source.pods(namespace, selector, sample.at).flatMap((usage) => {
      const pod = this.#source.get(`pods/${namespace}/${usage.name}`) as Pod | undefined
      const starts = (pod?.status?.containerStatuses ?? []).map((s) => parseTime(s.state?.running?.startedAt))
      if (!pod || starts.length < pod.spec.containers.length || starts.some((at) => at === undefined || sample.at - at < FRESH)) return []
      const youngest = Math.max(...(starts as number[]))
      return [{ ...usage, at: sample.at, window: Math.min(RESOLUTION, sample.at - youngest) }]
    })
  }

  /** Since when a metrics server is ready: behind the Service that the APIService names. */
  #since(): Micros | undefined {
    const spec = (this.#source.get(METRICS_SERVICE) as ApiService | undefined)?.spec
    if (!spec?.service) return undefined
    const service = this.#source.get(`services/${spec.service.namespace}/${spec.service.name}`) as (KubeObject & { readonly spec: { readonly selector?: Readonly<Record<string, string>> } }) | undefined
    const wanted = Object.entries(service?.spec.selector ?? {})
    if (wanted.length === 0) return undefined
    let earliest: Micros | undefined
    for (const pod of this.#source.list<Pod>('pods', spec.service.namespace)) {
      if (!wanted.every(([key, value]) => pod.metadata.labels?.[key] === value) || !pod.spec.containers.some((c) => /(^|\/)metrics-server(:|@|$)/.test(c.image ?? ''))) continue
      const ready = findCondition(pod.status?.conditions, 'Ready')
      const at = ready?.status === 'True' ? parseTime(pod.status?.containerStatuses?.[0]?.state?.running?.startedAt) : undefined
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at
    }
    return earliest
  }
}

/** Is the group's APIService available, so that requests are passed on? */
export const isStanding = (source: Pick<MetricsSource, 'get'>): boolean =>
  findCondition((source.get(METRICS_SERVICE) as ApiService | undefined)?.status?.conditions, 'Available')?.status === 'True'

const head = (kind: string, { metadata }: KubeObject, now: Micros): object => ({
  kind, apiVersion: `${METRICS_GROUP}/${METRICS_VERSION}`,
  metadata: { name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}), creationTimestamp: formatTime(now), ...(metadata.labels ? { labels: metadata.labels } : {}) },
})

const measured = ({ at, window }: Sample): object => ({ timestamp: formatTime(at), window: `${Math.round(window / 1000) / 1000}s` })

/** Thousandths of a core as billionths, bytes in binary units: as metrics-server writes them. */
const amounts = (milliCpu: number, bytes: number): object => ({ cpu: milliCpu === 0 ? '0' : `${Math.round(milliCpu * 1_000_000)}n`, memory: fromBytes(Math.round(bytes)) })

const podMetrics = (pod: Pod, usage: PodUsage, now: Micros): KubeObject => ({
  ...head('PodMetrics', pod, now), ...measured(usage),
  containers: usage.containers.map(({ name, usage: u }) => ({ name, usage: amounts(u['cpu'] ?? 0, (u['memory'] ?? 0) / 1000) })),
}) as unknown as KubeObject

