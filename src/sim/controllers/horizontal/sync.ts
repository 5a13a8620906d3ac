import { findCondition } from '../../api/conditions.ts'
import { deepEqual } from '../../api/deep.ts'
import { matches, type Selector } from '../../api/labels.ts'
import { keyOf, splitApiVersion, splitKey, type Condition, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { parseSelector } from '../../api/selector-syntax.ts'
import { isConflict, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { get, update } from '../../client/request.ts'
import { CRDS, customResource, storedResources, type StoredResource } from '../../client/resources.ts'
import { formatTime, ms } from '../../engine/time.ts'
import { HPA_DOWNSCALE_STABILIZATION, HPA_SYNC_PERIOD } from '../../flags/kube-controller-manager.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus, MetricStatus } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'
import type { ResourceMetrics } from '../setup.ts'
import { limit } from './limits.ts'
import { NO_HISTORY, withScaleEvent, type History } from './memory.ts'
import { measure } from './metrics.ts'

export const AUTOSCALERS = { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' } as const
export const HISTORY = 'history'

/** autoscaling/v1 Scale. */
interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number; readonly selector?: string }
}

/** One sync of an autoscaler (kube-controller-manager: podautoscaler, horizontal.go: reconcileAutoscaler). */
export function syncAutoscaler(ctx: ControllerContext, key: string, metrics: ResourceMetrics): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const hpa = ctx.lister<HorizontalPodAutoscaler>('horizontalpodautoscalers').get(namespace, name)
  if (!hpa) {
    ctx.once(() => {
      ctx.state(HISTORY).delete(key)
      return null
    })
    return undefined
  }
  new Autoscaler(ctx, key, hpa, metrics).run()
  return { after: ctx.flag(HPA_SYNC_PERIOD) }
}

class Autoscaler {
  readonly #ctx: ControllerContext
  readonly #key: string
  readonly #hpa: HorizontalPodAutoscaler
  readonly #metrics: ResourceMetrics
  #conditions: readonly Condition[]
  #history: History

  constructor(ctx: ControllerContext, key: string, hpa: HorizontalPodAutoscaler, metrics: ResourceMetrics) {
    this.#ctx = ctx
    this.#key = key
    this.#hpa = hpa
    this.#metrics = metrics
    this.#conditions = hpa.status?.conditions ?? []
    this.#history = ctx.once(() => ctx.state<History>(HISTORY).get(key) ?? null) ?? NO_HISTORY
  }

  #remember(history: History): void {
    this.#history = history
    this.#ctx.once(() => {
      this.#ctx.state<History>(HISTORY).set(this.#key, history)
      return null
    })
  }

  #set(type: string, status: 'True' | 'False', reason: string, message: string): void {
    const known = findCondition(this.#conditions, type)
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : formatTime(this.#ctx.now)
    const next: Condition = { type, status, lastTransitionTime, reason, message }
    this.#conditions = known ? this.#conditions.map((c) => (c === known ? next : c)) : [...this.#conditions, next]
  }

  #warn(reason: string, message: string): void {
    this.#ctx.event(this.#hpa, 'Warning', reason, message)
  }

  run(): void {
    const found = this.#target()
    if (typeof found === 'string') {
      this.#warn('FailedGetScale', found)
      this.#set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${found}`)
      return this.#write({ ...this.#status(), conditions: this.#conditions })
    }
    this.#set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
    const [resource, scale] = found
    const current = scale.spec?.replicas ?? 0
    if (this.#history.recommendations.length === 0) this.#remember({ ...this.#history, recommendations: [{ replicas: current, at: this.#ctx.now }] })
    const { minReplicas: min = 1, maxReplicas } = this.#hpa.spec
    if (current === 0) {
      this.#set('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero')
      return this.#report(current, 0, null, false)
    }
    if (current > maxReplicas) return this.#rescale(resource, scale, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', null)
    if (current < min) return this.#rescale(resource, scale, min, 'Current number of replicas below Spec.MinReplicas', null)
    this.#byMetrics(resource, scale, current, min)
  }

  /** The target's resource and scale; a text says why there is none. */
  #target(): readonly [StoredResource, Scale] | string {
    const { apiVersion = '', kind, name } = this.#hpa.spec.scaleTargetRef
    const { group } = splitApiVersion(apiVersion)
    const custom = this.#ctx.lister<CustomResourceDefinition>(CRDS.resource).list().map(customResource)
    const resource = [...storedResources, ...custom].find((r) => r !== undefined && r.group === group && r.kind === kind)
    if (!resource) return `no matches for kind "${kind}" in group "${group}"`
    const scale = this.#ctx.call<Scale>({ ...get(resource, this.#hpa.metadata.namespace, name), subresource: 'scale' })
    return isStatus(scale) ? (scale.message ?? '') : [resource, scale]
  }

  #byMetrics(resource: StoredResource, scale: Scale, current: number, min: number): void {
    const wish = this.#wish(scale)
    if ('problem' in wish) {
      this.#report(current, this.#hpa.status?.desiredReplicas ?? 0, wish.statuses, false)
      return this.#warn('FailedComputeMetricsReplicas', wish.problem)
    }
    const wanted = Math.max(0, wish.replicas)
    const why = wanted > current ? `${wish.metric} above target` : wanted < current ? 'All metrics below target' : ''
    const { now } = this.#ctx
    const limited = limit({ hpa: this.#hpa, current, wanted, min, history: this.#history, now, stabilisation: this.#ctx.flag(HPA_DOWNSCALE_STABILIZATION) })
    this.#remember({ ...this.#history, recommendations: limited.recommendations })
    const { reason, message } = limited.stabilised ?? { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
    this.#set('AbleToScale', 'True', reason, message)
    this.#set('ScalingLimited', limited.limited ? 'True' : 'False', limited.limit.reason, limited.limit.message)
    if (limited.replicas === current) return this.#report(current, current, wish.statuses, false)
    this.#rescale(resource, scale, limited.replicas, why, wish.statuses)
  }

  /** The largest number that any metric asks for (computeReplicasForMetrics). */
  #wish(scale: Scale): { readonly replicas: number; readonly metric: string; readonly statuses: readonly MetricStatus[] } | { readonly problem: string; readonly statuses: readonly MetricStatus[] | null } {
    const selector = this.#selector(scale.status?.selector ?? '')
    if (typeof selector === 'string') return { problem: selector, statuses: null }
    const specs = this.#hpa.spec.metrics ?? []
    const current = scale.spec?.replicas ?? 0
    const statuses: MetricStatus[] = []
    let best: { readonly replicas: number; readonly metric: string } = { replicas: 0, metric: '' }
    let first: { readonly reason: string; readonly cause: string; readonly problem: string } | undefined
    let invalid = 0
    for (const spec of specs) {
      const measured = measure(this.#ctx, { hpa: this.#hpa, metrics: this.#metrics, selector, current }, spec)
      if ('problem' in measured) {
        this.#warn(measured.reason, measured.cause)
        first ??= measured
        invalid++
        statuses.push({ type: '' })
        continue
      }
      statuses.push(measured.status)
      if (best.replicas === 0 || measured.replicas > best.replicas) best = measured
    }
    if (first && (invalid >= specs.length || best.replicas < current)) {
      this.#set('ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.cause}`)
      return { problem: `invalid metrics (${invalid} invalid out of ${specs.length}), first error is: ${first.problem}`, statuses }
    }
    this.#set('ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.metric}`)
    return { ...best, statuses }
  }

  /** The selector of the target's pods; a text when there is none or another autoscaler selects the same pods. */
  #selector(text: string): Selector | string {
    const refuse = (event: string, reason: string, problem: string, message = problem): string => {
      this.#warn(event, problem)
      this.#set('ScalingActive', 'False', reason, message)
      return problem
    }
    if (text === '') return refuse('SelectorRequired', 'InvalidSelector', 'selector is required', "the HPA target's scale is missing a selector")
    const selector = parseSelector(text)
    if (typeof selector === 'string') return refuse('InvalidSelector', 'InvalidSelector', `couldn't convert selector into a corresponding internal selector object: ${selector}`)
    if (this.#history.selector !== text) this.#remember({ ...this.#history, selector: text })
    const { namespace } = this.#hpa.metadata
    const pods = this.#ctx.lister<Pod>('pods').list(namespace).filter((pod) => matches(selector, pod.metadata.labels))
    const rivals = this.#ctx.lister<HorizontalPodAutoscaler>('horizontalpodautoscalers').list(namespace).map(keyOf).filter((key) => this.#selects(key, pods))
    if (rivals.length > 1) return refuse('AmbiguousSelector', 'AmbiguousSelector', `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(' ')}]`)
    return selector
  }

  #selects(key: string, pods: readonly Pod[]): boolean {
    const text = this.#ctx.once(() => this.#ctx.state<History>(HISTORY).get(key)?.selector ?? null)
    const selector = text === null ? '' : parseSelector(text)
    return typeof selector !== 'string' && pods.some((pod) => matches(selector, pod.metadata.labels))
  }

  #rescale(resource: StoredResource, scale: Scale, replicas: number, why: string, statuses: readonly MetricStatus[] | null): void {
    const current = scale.spec?.replicas ?? 0
    this.#ctx.note('hpa.rescale', { name: this.#hpa.metadata.name, from: current, to: replicas, why })
    const refusal = this.#scaleTo(resource, scale, replicas)
    if (refusal !== undefined) {
      this.#warn('FailedRescale', `New size: ${replicas}; reason: ${why}; error: ${refusal}`)
      this.#set('AbleToScale', 'False', 'FailedUpdateScale', `the HPA controller was unable to update the target scale: ${refusal}`)
      return this.#report(current, this.#hpa.status?.desiredReplicas ?? 0, statuses, false)
    }
    this.#set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`)
    this.#ctx.event(this.#hpa, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${why}`)
    const { behavior } = this.#hpa.spec
    const up = replicas > current
    if (behavior) this.#remember(withScaleEvent(this.#history, up ? behavior.scaleUp : behavior.scaleDown, up ? 'up' : 'down', Math.abs(replicas - current), this.#ctx.now))
    this.#report(current, replicas, statuses, true)
  }

  /** Writes the scale; after a conflict with a fresh one, five times at most. */
  #scaleTo(resource: StoredResource, scale: Scale, replicas: number): string | undefined {
    for (let attempt = 1, latest = scale; ; attempt++) {
      const answer = this.#ctx.call<Scale>({ ...update(resource, { ...latest, spec: { ...latest.spec, replicas } }, 'scale'), name: this.#hpa.spec.scaleTargetRef.name })
      if (!isStatus(answer)) return undefined
      if (!isConflict(answer) || attempt === 5) return answer.message ?? ''
      const fresh = this.#ctx.call<Scale>({ ...get(resource, this.#hpa.metadata.namespace, this.#hpa.spec.scaleTargetRef.name), subresource: 'scale' })
      if (!isStatus(fresh)) latest = fresh
      this.#ctx.sleep(ms(10))
    }
  }

  #status(): HorizontalPodAutoscalerStatus {
    return this.#hpa.status ?? { currentMetrics: null, desiredReplicas: 0 }
  }

  #report(current: number, desired: number, statuses: readonly MetricStatus[] | null, rescaled: boolean): void {
    const lastScaleTime = rescaled ? formatTime(this.#ctx.now) : this.#hpa.status?.lastScaleTime
    this.#write({
      conditions: this.#conditions,
      currentMetrics: statuses,
      ...(current === 0 ? {} : { currentReplicas: current }),
      desiredReplicas: desired,
      ...(lastScaleTime ? { lastScaleTime } : {}),
    })
  }

  #write(status: HorizontalPodAutoscalerStatus): void {
    if (deepEqual(status, this.#hpa.status)) return
    this.#ctx.note('hpa.status', { name: this.#hpa.metadata.name, current: status.currentReplicas ?? 0, desired: status.desiredReplicas })
    const answer = this.#ctx.call(update(AUTOSCALERS, { ...this.#hpa, status } as HorizontalPodAutoscaler, 'status'))
    if (isStatus(answer)) this.#warn('FailedUpdateStatus', answer.message ?? '')
  }
}
