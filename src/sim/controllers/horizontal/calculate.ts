import { findCondition } from '../../api/conditions.ts'
import type { Container } from '../../api/container.ts'
import { isBeingDeleted } from '../../api/meta.ts'
import { isSidecar, type Pod } from '../../api/pod.ts'
import { podResourceList } from '../../api/pod-resources.ts'
import { milliValue } from '../../api/quantity.ts'
import { parseTime, type Micros } from '../../engine/time.ts'
import type { PodUsage } from '../setup.ts'

/** By how much usage may be off its target, as shares of 1. */
export interface Tolerances {
  readonly down: number
  readonly up: number
}

/** What is measured against which target, for which pods. Amounts in thousandths. */
export interface Question {
  readonly resource: string
  /** '' for all containers of a pod. */
  readonly container: string
  readonly current: number
  readonly pods: readonly Pod[]
  readonly usage: readonly PodUsage[]
  readonly tolerances: Tolerances
  /** --horizontal-pod-autoscaler-cpu-initialization-period and …-initial-readiness-delay. */
  readonly cpuInitialization: Micros
  readonly initialReadiness: Micros
  readonly now: Micros
}

/** How many replicas there should be, and what was measured. */
export interface Proposal {
  readonly replicas: number
  readonly utilization?: number
  readonly average: number
}

interface Metric {
  readonly value: number
  readonly at: Micros
  readonly window: Micros
}

/** Replicas for a target in percent of the requests (replica_calculator.go: GetResourceReplicas); a text is the problem. */
export function byUtilization(question: Question, target: number): Proposal | string {
  const requests = requestsOf(question)
  const ratioOf = (metrics: ReadonlyMap<string, Metric>): { readonly ratio: number; readonly utilization: number; readonly average: number } | string => {
    if (typeof requests === 'string') return requests
    let [used, requested, count] = [0, 0, 0]
    for (const [name, { value }] of metrics) {
      const request = requests.get(name)
      if (request === undefined) continue
      used += value
      requested += request
      count++
    }
    if (requested === 0) return 'no metrics returned matched known pods'
    const utilization = Math.trunc((used * 100) / requested)
    return { ratio: utilization / target, utilization, average: Math.trunc(used / count) }
  }
  const missingValue = (pod: string): number => Math.trunc(((typeof requests === 'string' ? 0 : (requests.get(pod) ?? 0)) * Math.max(100, target)) / 100)
  return propose(question, ratioOf, missingValue)
}

/** Replicas for a target amount of each pod (GetRawResourceReplicas). */
export function byAverage(question: Question, target: number): Proposal | string {
  return propose(question, (metrics) => {
    let used = 0
    for (const { value } of metrics.values()) used += value
    const average = Math.trunc(used / metrics.size)
    return { ratio: average / target, average }
  }, () => target)
}

type RatioOf = (metrics: ReadonlyMap<string, Metric>) => { readonly ratio: number; readonly utilization?: number; readonly average: number } | string

function propose(question: Question, ratioOf: RatioOf, missingValue: (pod: string) => number): Proposal | string {
  const { current, pods, tolerances } = question
  if (pods.length === 0) return 'no pods returned by selector while calculating replica count'
  const metrics = metricsOf(question)
  const { ready, unready, missing, ignored } = groupPods(question, metrics)
  for (const name of [...ignored, ...unready]) metrics.delete(name)
  if (metrics.size === 0) return 'did not receive metrics for targeted pods (pods might be unready)'
  const measured = ratioOf(metrics)
  if (typeof measured === 'string') return measured
  const { ratio, ...figures } = measured
  const within = (r: number): boolean => 1 - tolerances.down <= r && r <= 1 + tolerances.up
  const upWithUnready = unready.length > 0 && ratio > 1
  if (!upWithUnready && missing.length === 0) return { replicas: within(ratio) ? current : Math.ceil(ratio * ready), ...figures }
  const assumed = (value: number): Metric => ({ value, at: 0, window: 0 })
  if (ratio !== 1) for (const name of missing) metrics.set(name, assumed(ratio < 1 ? missingValue(name) : 0))
  if (upWithUnready) for (const name of unready) metrics.set(name, assumed(0))
  const again = ratioOf(metrics)
  if (typeof again === 'string') return again
  const replicas = Math.ceil(again.ratio * metrics.size)
  const turned = (ratio < 1 && again.ratio > 1) || (ratio > 1 && again.ratio < 1)
  const backwards = (again.ratio < 1 && replicas > current) || (again.ratio > 1 && replicas < current)
  return { replicas: within(again.ratio) || turned || backwards ? current : replicas, ...figures }
}

function metricsOf({ usage, resource, container }: Question): Map<string, Metric> {
  const out = new Map<string, Metric>()
  for (const { name, at, window, containers } of usage) {
    const measured = container === '' ? containers : containers.filter((c) => c.name === container)
    const values = measured.map((c) => c.usage[resource])
    if (values.length > 0 && values.every((value) => value !== undefined)) out.set(name, { at, window, value: values.reduce((sum: number, value) => sum + value!, 0) })
  }
  return out
}

interface Groups {
  readonly ready: number
  readonly unready: readonly string[]
  readonly missing: readonly string[]
  readonly ignored: readonly string[]
}

function groupPods(question: Question, metrics: ReadonlyMap<string, Metric>): Groups {
  const { pods, resource } = question
  let ready = 0
  const [unready, missing, ignored]: [string[], string[], string[]] = [[], [], []]
  for (const pod of pods) {
    const { name } = pod.metadata
    const metric = metrics.get(name)
    if (isBeingDeleted(pod) || pod.status?.phase === 'Failed') ignored.push(name)
    else if (pod.status?.phase === 'Pending') unready.push(name)
    else if (!metric) missing.push(name)
    else if (resource === 'cpu' && isWarmingUp(pod, metric, question)) unready.push(name)
    else ready++
  }
  return { ready, unready, missing, ignored }
}

/** Is the pod's use of cpu that of its start, and no measure of its work? */
function isWarmingUp(pod: Pod, metric: Metric, { now, cpuInitialization, initialReadiness }: Question): boolean {
  const condition = findCondition(pod.status?.conditions, 'Ready')
  const started = parseTime(pod.status?.startTime)
  if (!condition || started === undefined) return true
  const changed = parseTime(condition.lastTransitionTime) ?? 0
  if (started + cpuInitialization > now) return condition.status === 'False' || metric.at < changed + metric.window
  return condition.status === 'False' && started + initialReadiness > changed
}

function requestsOf({ pods, container, resource }: Question): ReadonlyMap<string, number> | string {
  const out = new Map<string, number>()
  for (const pod of pods) {
    const request = container === '' && pod.spec.resources?.requests ? podLevel(pod, resource) : ofContainers(pod, container, resource)
    if (typeof request === 'string') return request
    out.set(pod.metadata.name, request)
  }
  return out
}

function podLevel(pod: Pod, resource: string): number | string {
  const request = podResourceList(pod, 'requests')[resource]
  return request === undefined ? `missing pod-level request for ${resource} in Pod ${pod.metadata.name}` : milliValue(request)
}

function ofContainers(pod: Pod, container: string, resource: string): number | string {
  const all: readonly Container[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]
  const counted = container === '' ? all : all.filter(({ name }) => name === container).slice(0, 1)
  if (counted.length === 0 && container !== '') return `container ${container} not found in Pod ${pod.metadata.name}`
  let sum = 0
  for (const { name, resources } of counted) {
    const request = resources?.requests?.[resource]
    if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`
    sum += milliValue(request)
  }
  return sum
}
