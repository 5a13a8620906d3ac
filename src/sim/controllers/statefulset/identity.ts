import { controllerRef, isBeingDeleted, type KubeObject } from '../../api/meta.ts'
import { isPodAvailable, isPodReady, type Pod } from '../../api/pod.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { podFromTemplate } from '../../client/pod-control.ts'
import type { Micros } from '../../engine/time.ts'
import type { ControllerRevision } from '../../kinds/controllerrevision/controllerrevision.ts'
import type { StatefulSet } from '../../kinds/statefulset/statefulset.ts'

export const POD_REVISION = 'controller-revision-hash'
const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX = 'apps.kubernetes.io/pod-index'

/** "web-7" of set "web" is 7; -1 for any other pod. */
export function ordinalOf(set: StatefulSet, pod: KubeObject): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name)
  return match && match[1] === set.metadata.name ? Number(match[2]) : -1
}

export const startOf = (set: StatefulSet): number => set.spec.ordinals?.start ?? 0
export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[POD_REVISION] ?? ''
/** A pod that is only wished for has no phase yet. */
export const isCreated = (pod: Pod): boolean => !!pod.status?.phase
export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod)
export const isRunningAndAvailable = (pod: Pod, minReadySeconds: number, now: Micros): boolean => pod.status?.phase === 'Running' && isPodAvailable(pod, minReadySeconds, now)
export const isUnavailable = (pod: Pod, minReadySeconds: number, now: Micros): boolean => !isRunningAndAvailable(pod, minReadySeconds, now) || isBeingDeleted(pod)
export const keepsIdentity = (set: StatefulSet, pod: Pod): boolean => ordinalOf(set, pod) >= 0 && pod.metadata.labels?.[POD_NAME] === pod.metadata.name

/** The template that a revision remembers. */
export function templateOf(set: StatefulSet, revision: ControllerRevision): PodTemplateSpec {
  const data = revision.data as { readonly spec?: { readonly template?: PodTemplateSpec & { readonly $patch?: string } } } | undefined
  const { $patch: _replace, ...template } = data?.spec?.template ?? {}
  return (data?.spec?.template ? template : set.spec.template) as PodTemplateSpec
}

/** The claims of a pod: one for each claim template, "data-web-0". */
export function claimsOf(set: StatefulSet, pod: Pod): readonly KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => {
    const { status: _status, ...claim } = template
    const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels }
    return { ...claim, metadata: { ...template.metadata, name: `${template.metadata.name}-${pod.metadata.name}`, namespace: set.metadata.namespace, labels } }
  })
}

/** Does the pod's ordinal lie among those that the set wants? */
export function isInRange(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(set, pod)
  return ordinal >= startOf(set) && ordinal < startOf(set) + (set.spec.replicas ?? 1)
}

/** Has the pod a volume for each claim template (storageMatches)? */
export const storageMatches = (set: StatefulSet, pod: Pod): boolean =>
  (set.spec.volumeClaimTemplates ?? []).every(({ metadata: { name } }) => pod.spec.volumes?.some((volume) => volume.name === name && volume.persistentVolumeClaim?.claimName === `${name}-${pod.metadata.name}`))

/** The pod with the labels that say which one of the set it is. */
export function withIdentity(set: StatefulSet, pod: Pod): Pod {
  const labels = { ...pod.metadata.labels, [POD_NAME]: pod.metadata.name, [POD_INDEX]: `${ordinalOf(set, pod)}` }
  return { ...pod, metadata: { ...pod.metadata, namespace: set.metadata.namespace, labels } }
}

/** The pod with volumes of its claims before its other volumes. */
export function withStorage(set: StatefulSet, pod: Pod): Pod {
  if (storageMatches(set, pod)) return pod
  const claimed = (set.spec.volumeClaimTemplates ?? []).map((t) => t.metadata.name)
  const volumes = [
    ...claimed.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${pod.metadata.name}` } })),
    ...(pod.spec.volumes ?? []).filter((volume) => !claimed.includes(volume.name)),
  ]
  return { ...pod, spec: { ...pod.spec, volumes } }
}

/** The pod of an ordinal as of a revision (stateful_set_utils.go: newStatefulSetPod). */
export function newPod(set: StatefulSet, revision: ControllerRevision, ordinal: number): Pod {
  const made = podFromTemplate(templateOf(set, revision), set, controllerRef(set))
  const name = `${set.metadata.name}-${ordinal}`
  const labels = { ...made.metadata.labels, [POD_REVISION]: revision.metadata.name }
  const { serviceName } = set.spec
  const named = { ...made, metadata: { ...made.metadata, name, labels }, spec: { ...made.spec, hostname: name, ...(serviceName ? { subdomain: serviceName } : {}) } }
  return withStorage(set, withIdentity(set, named))
}
