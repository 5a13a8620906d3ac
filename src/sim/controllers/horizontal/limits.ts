import { seconds, type Micros } from '../../engine/time.ts'
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'
import { changeWithin, recorded, type History, type Recommendation } from './memory.ts'

const MAX_INT = 2_147_483_647

/** Reason and message of a condition. */
export interface Why {
  readonly reason: string
  readonly message: string
}

/** A wish held within the limits, why the window changed it (`stabilised`), and which limit applied. */
export interface Limited {
  readonly replicas: number
  readonly stabilised: Why | undefined
  readonly limit: Why
  readonly limited: boolean
  readonly recommendations: readonly Recommendation[]
}

interface Wish {
  readonly hpa: HorizontalPodAutoscaler
  readonly current: number
  readonly wanted: number
  readonly min: number
  readonly history: History
  readonly now: Micros
  /** --horizontal-pod-autoscaler-downscale-stabilization. */
  readonly stabilisation: Micros
}

const IN_RANGE: Why = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' }
const TOO_FAST_UP: Why = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' }
const TOO_FAST_DOWN: Why = { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' }
const TOO_MANY: Why = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' }
const TOO_FEW: Why = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' }
const UP_STABILISED: Why = { reason: 'ScaleUpStabilized', message: 'recent recommendations were lower than current one, applying the lowest recent recommendation' }
const DOWN_STABILISED: Why = { reason: 'ScaleDownStabilized', message: 'recent recommendations were higher than current one, applying the highest recent recommendation' }

/** Applies windows, rates and bounds to a wished size (horizontal.go: normalizeDesiredReplicas, …WithBehaviors). */
export const limit = (wish: Wish): Limited => (wish.hpa.spec.behavior ? byBehavior(wish) : byDefault(wish))

function byDefault({ hpa, current, wanted, min, history, now, stabilisation }: Wish): Limited {
  const cutoff = now - stabilisation
  const stable = Math.max(wanted, ...history.recommendations.filter(({ at }) => at >= cutoff).map(({ replicas }) => replicas))
  const recommendations = recorded(history.recommendations, { replicas: wanted, at: now }, ({ at }) => at < cutoff)
  const fastest = Math.max(2 * current, 4)
  const most = Math.min(hpa.spec.maxReplicas, fastest)
  const replicas = stable < min ? min : Math.min(stable, most)
  const applied = stable < min ? TOO_FEW : stable > most ? (hpa.spec.maxReplicas > fastest ? TOO_FAST_UP : TOO_MANY) : IN_RANGE
  return { replicas, stabilised: stable === wanted ? undefined : DOWN_STABILISED, limit: applied, limited: replicas !== stable, recommendations }
}

function byBehavior(wish: Wish): Limited {
  const { hpa, current, wanted, min, history, now, stabilisation } = wish
  const { scaleUp, scaleDown } = hpa.spec.behavior!
  const upCutoff = now - seconds(scaleUp?.stabilizationWindowSeconds ?? 0)
  const downCutoff = now - (scaleDown?.stabilizationWindowSeconds === undefined ? stabilisation : seconds(scaleDown.stabilizationWindowSeconds))
  let [lowest, highest] = [wanted, wanted]
  for (const { replicas, at } of history.recommendations) {
    if (at > upCutoff) lowest = Math.min(lowest, replicas)
    if (at > downCutoff) highest = Math.max(highest, replicas)
  }
  const stable = Math.min(Math.max(current, lowest), highest)
  const recommendations = recorded(history.recommendations, { replicas: wanted, at: now }, ({ at }) => at < upCutoff && at < downCutoff)
  const [replicas, applied] = atRate({ ...wish, wanted: stable, min }, scaleUp, scaleDown)
  const stabilised = stable === wanted ? undefined : wanted >= current ? UP_STABILISED : DOWN_STABILISED
  return { replicas, stabilised, limit: applied, limited: replicas !== stable, recommendations }
}

function atRate({ hpa, current, wanted, min, history, now }: Wish, up: HPAScalingRules | undefined, down: HPAScalingRules | undefined): [number, Why] {
  const { maxReplicas } = hpa.spec
  if (wanted > current) {
    const fastest = Math.max(current, furthest(up, 'up', current, history, now))
    const most = Math.min(maxReplicas, fastest)
    if (wanted > most) return [most, maxReplicas > fastest ? TOO_FAST_UP : TOO_MANY]
  } else if (wanted < current) {
    const fastest = Math.min(current, furthest(down, 'down', current, history, now))
    const least = Math.max(min, fastest)
    if (wanted < least) return [least, min < fastest ? TOO_FAST_DOWN : TOO_FEW]
  }
  return [wanted, IN_RANGE]
}

/** How far the policies allow to go within their periods (calculateScaleUpLimitWithScalingRules, …DownLimitWithBehaviors). */
function furthest(rules: HPAScalingRules | undefined, direction: 'up' | 'down', current: number, { up, down }: History, now: Micros): number {
  if (rules?.selectPolicy === 'Disabled') return current
  const wantsHighest = (direction === 'up') !== (rules?.selectPolicy === 'Min')
  let result = wantsHighest ? -MAX_INT - 1 : MAX_INT
  for (const { type, value, periodSeconds } of rules?.policies ?? []) {
    const atStart = current - changeWithin(up, periodSeconds, now) + changeWithin(down, periodSeconds, now)
    const sign = direction === 'up' ? 1 : -1
    const share = atStart * (1 + (sign * value) / 100)
    const proposed = type === 'Pods' ? atStart + sign * value : direction === 'up' ? Math.ceil(share) : Math.trunc(share)
    result = wantsHighest ? Math.max(result, proposed) : Math.min(result, proposed)
  }
  return result
}
