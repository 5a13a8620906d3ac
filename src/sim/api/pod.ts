import type { Container } from './container.ts'
import { findCondition } from './conditions.ts'
import type { KubeObject } from './meta.ts'
import type { PodCondition, PodStatus } from './pod-status.ts'
import type { PodSpec } from './pod-spec.ts'
import { parseTime, type Micros } from '../engine/time.ts'

/** v1 Pod. The type lives here because every room above speaks of pods. */
export interface Pod extends KubeObject<PodSpec, PodStatus> {
  readonly spec: PodSpec
}

export const podCondition = (pod: Pod, type: string): PodCondition | undefined => findCondition(pod.status?.conditions, type)

/** Is the Ready condition True (podutil.IsPodReady)? */
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True'

/** Ready for at least `minReadySeconds` (podutil.IsPodAvailable). */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Micros): boolean {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  const since = parseTime(ready.lastTransitionTime)
  return since !== undefined && since + minReadySeconds * 1_000_000 <= now
}

/** Has every container ended for good (phase Failed or Succeeded)? */
export const isPodTerminal = (pod: Pod): boolean => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'

/** Neither ended nor being deleted (controller.IsPodActive). */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined

/** A static pod's image in the API (kubernetes.io/config.mirror). */
export const isMirrorPod = (pod: KubeObject): boolean => pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined

/** A sidecar: an init container that keeps running (restartPolicy: Always). */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** All containers in the order in which the kubelet knows them: init, regular, ephemeral. */
export const allContainers = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as readonly Container[]),
]

/** "KillPod" grace: what the pod asks for, 30 s by default. */
export const gracePeriodOf = (pod: Pod): number => pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
