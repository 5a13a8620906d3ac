import { findCondition } from '../../api/conditions.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import type { DeploymentCondition, DeploymentStatus } from '../../kinds/deployment/deployment.ts'

export type Conditions = readonly DeploymentCondition[]

export const progressing = (status: DeploymentStatus | undefined): DeploymentCondition | undefined => findCondition(status?.conditions, 'Progressing')

export function condition(type: string, status: DeploymentCondition['status'], reason: string, message: string, now: Micros): DeploymentCondition {
  const at = formatTime(now)
  return { type, status, lastUpdateTime: at, lastTransitionTime: at, reason, message }
}

/**
 * Sets a condition at the end of the list. The same status and reason leave it as it was; the same status keeps the
 * time of transition (deployment_util.go: SetDeploymentCondition).
 */
export function setCondition(conditions: Conditions | undefined, next: DeploymentCondition): Conditions {
  const list = conditions ?? []
  const old = findCondition(list, next.type)
  if (old && old.status === next.status && old.reason === next.reason) return list
  const kept = old && old.status === next.status ? { ...next, lastTransitionTime: old.lastTransitionTime } : next
  return [...dropCondition(list, next.type), kept]
}

export const dropCondition = (conditions: Conditions | undefined, type: string): Conditions =>
  findCondition(conditions, type) ? conditions!.filter((c) => c.type !== type) : (conditions ?? [])
