import { findCondition } from '../../api/conditions.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { hashText } from '../../engine/hash.ts'
import type { PodBehaviour } from './contract.ts'

/** What a pod is to look like: the phase, whether it is ready, and how its containers ended. */
export interface Look {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  readonly ready: boolean
  readonly exitCode?: number
}

export interface Address {
  readonly hostIP: string
  readonly podIP: string
}

const TYPES = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'] as const

function condition(pod: Pod, type: string, status: 'True' | 'False', reason: string | undefined, now: string): JsonObject {
  const old = findCondition(pod.status?.conditions, type)
  const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? now) : now
  if (reason) return { type, status, lastTransitionTime, reason }
  return old?.reason ? { type, status, lastTransitionTime, reason: null } : { type, status, lastTransitionTime }
}

function conditions(pod: Pod, look: Look, now: string): readonly JsonObject[] {
  const why = look.phase === 'Succeeded' ? 'PodCompleted' : look.phase === 'Failed' ? 'PodFailed' : look.ready ? undefined : 'ContainersNotReady'
  const ready = look.ready ? 'True' : 'False'
  return [
    condition(pod, TYPES[0], 'True', undefined, now),
    condition(pod, TYPES[1], 'True', look.phase === 'Succeeded' ? 'PodCompleted' : undefined, now),
    condition(pod, TYPES[2], ready, why, now),
    condition(pod, TYPES[3], ready, why, now),
  ]
}

function state(behaviour: PodBehaviour, look: Look, startedAt: string, now: string): JsonObject {
  if (look.exitCode !== undefined) {
    const reason = look.exitCode === 0 ? 'Completed' : 'Error'
    return { terminated: { exitCode: look.exitCode, reason, startedAt, finishedAt: now } }
  }
  if (behaviour.face === 'crash-loop') return { waiting: { reason: 'CrashLoopBackOff' } }
  if (behaviour.face === 'image-pull-back-off') return { waiting: { reason: 'ImagePullBackOff' } }
  return { running: { startedAt } }
}

/** 64 hexadecimal digits that are always the same for a text. */
const digest = (text: string): string => Array.from({ length: 8 }, (_, i) => hashText(text, i).toString(16).padStart(8, '0')).join('')

/** "nginx:1.27" comes from docker.io/library/nginx. */
function repositoryOf(image: string): string {
  const name = image.lastIndexOf(':') > image.lastIndexOf('/') ? image.slice(0, image.lastIndexOf(':')) : image
  const [first = ''] = name.split('/')
  if (name.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')) return name
  return `docker.io/${name.includes('/') ? name : `library/${name}`}`
}

function containerStatuses(pod: Pod, behaviour: PodBehaviour, look: Look, startedAt: string, now: string): readonly JsonObject[] {
  const looping = behaviour.face === 'crash-loop'
  const up = look.exitCode === undefined && behaviour.face === 'run'
  return pod.spec.containers.map((c) => ({
    name: c.name,
    state: state(behaviour, look, startedAt, now),
    lastState: looping ? { terminated: { exitCode: 1, reason: 'Error', startedAt, finishedAt: startedAt } } : {},
    ready: look.ready,
    restartCount: looping ? 3 : 0,
    image: c.image ?? '',
    imageID: behaviour.ids && behaviour.face !== 'image-pull-back-off' ? `${repositoryOf(c.image ?? '')}@sha256:${digest(c.image ?? '')}` : '',
    ...(behaviour.ids && behaviour.face !== 'image-pull-back-off' ? { containerID: `containerd://${digest(`${pod.metadata.uid} ${c.name}`)}` } : {}),
    started: up,
  }))
}

/** Init containers have all run by the time a fake pod is Running; sidecars run on. */
function initStatuses(pod: Pod, look: Look, startedAt: string): JsonObject {
  const init = pod.spec.initContainers
  if (!init?.length) return {}
  const list = init.map((c): JsonObject => {
    const sidecar = c.restartPolicy === 'Always' && look.exitCode === undefined
    const state: JsonObject = sidecar ? { running: { startedAt } } : { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt } }
    return { name: c.name, state, lastState: {}, ready: true, restartCount: 0, image: c.image ?? '', imageID: '', started: sidecar }
  })
  return { initContainerStatuses: list }
}

/** The order of conditions after a patch: the kubelet's four first, then what others wrote, as they stood. */
function conditionOrder(pod: Pod): readonly JsonValue[] {
  const order: JsonValue[] = [...OWN_ORDER]
  for (const { type } of pod.status?.conditions ?? []) if (!(TYPES as readonly string[]).includes(type)) order.push({ type })
  return order
}
const OWN_ORDER: readonly JsonValue[] = TYPES.map((type) => ({ type }))

/** When the pod was started, as its status tells. */
const startTimeOf = (pod: Pod): string | undefined => pod.status?.startTime

/**
 * The strategic merge patch of the status that makes `pod` look as wished at `now` (RFC 3339). `address` is given when
 * the pod starts; later patches leave addresses and the start alone.
 */
export function statusPatch(pod: Pod, behaviour: PodBehaviour, look: Look, now: string, address?: Address): JsonObject {
  const startedAt = startTimeOf(pod) ?? now
  const start: JsonObject = address
    ? {
        hostIP: address.hostIP,
        hostIPs: [{ ip: address.hostIP }],
        podIP: address.podIP,
        podIPs: [{ ip: address.podIP }],
        startTime: startedAt,
      }
    : {}
  const phase: JsonObject = pod.status?.phase === look.phase ? {} : { phase: look.phase }
  return {
    status: {
      ...phase,
      '$setElementOrder/conditions': conditionOrder(pod),
      conditions: conditions(pod, look, now),
      ...start,
      containerStatuses: containerStatuses(pod, behaviour, look, startedAt, now),
      ...initStatuses(pod, look, startedAt),
    },
  }
}
