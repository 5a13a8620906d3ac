import { findCondition } from '../../api/conditions.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { extended } from '../../api/share.ts'
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
  const ids = behaviour.ids && behaviour.face !== 'image-pull-back-off'
  return pod.spec.containers.map(({ name, image = '' }) => {
    const known = {
      name,
      state: state(behaviour, look, startedAt, now),
      lastState: looping ? { terminated: { exitCode: 1, reason: 'Error', startedAt, finishedAt: startedAt } } : {},
      ready: look.ready,
      restartCount: looping ? 3 : 0,
      image,
      imageID: ids ? `${repositoryOf(image)}@sha256:${digest(image)}` : '',
      started: up,
    }
    return ids ? extended(known, { containerID: `containerd://${digest(`${pod.metadata.uid} ${name}`)}` }) : known
  })
}

/** Init containers have all run by the time a fake pod is Running; sidecars run on. */
function initStatuses(pod: Pod, look: Look, startedAt: string): readonly JsonObject[] | undefined {
  const init = pod.spec.initContainers
  if (!init?.length) return undefined
  return init.map((c): JsonObject => {
    const sidecar = c.restartPolicy === 'Always' && look.exitCode === undefined
    const state: JsonObject = sidecar ? { running: { startedAt } } : { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt } }
    return { name: c.name, state, lastState: {}, ready: true, restartCount: 0, image: c.image ?? '', imageID: '', started: sidecar }
  })
}

/** The order of conditions after a patch: the kubelet's four first, then what others wrote, as they stood. */
function conditionOrder(pod: Pod): readonly JsonValue[] {
  const { conditions } = pod.status ?? {}
  const others = conditions?.filter(({ type }) => !(TYPES as readonly string[]).includes(type)) ?? []
  if (others.length === 0) return OWN_ORDER
  return others.length === 1 && others[0]!.type === SCHEDULED ? OWN_AND_SCHEDULED : [...OWN_ORDER, ...others.map(({ type }) => ({ type }))]
}
const SCHEDULED = 'PodScheduled'
const OWN_ORDER: readonly JsonValue[] = TYPES.map((type) => ({ type }))
const OWN_AND_SCHEDULED: readonly JsonValue[] = [...OWN_ORDER, { type: SCHEDULED }]

/** When the pod was started, as its status tells. */
const startTimeOf = (pod: Pod): string | undefined => pod.status?.startTime

/**
 * The strategic merge patch of the status that makes `pod` look as wished at `now` (RFC 3339). `address` is given when
 * the pod starts; later patches leave addresses and the start alone.
 */
export function statusPatch(pod: Pod, behaviour: PodBehaviour, look: Look, now: string, address?: Address): JsonObject {
  const startedAt = startTimeOf(pod) ?? now
  // Members that are undefined are not sent.
  return {
    status: {
      phase: pod.status?.phase === look.phase ? undefined : look.phase,
      '$setElementOrder/conditions': conditionOrder(pod),
      conditions: conditions(pod, look, now),
      hostIP: address?.hostIP,
      hostIPs: address && [{ ip: address.hostIP }],
      podIP: address?.podIP,
      podIPs: address && [{ ip: address.podIP }],
      startTime: address && startedAt,
      containerStatuses: containerStatuses(pod, behaviour, look, startedAt, now),
      initContainerStatuses: initStatuses(pod, look, startedAt),
    },
  }
}
