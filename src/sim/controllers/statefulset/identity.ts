import { controllerRef, isBeingDeleted, type KubeObject, type OwnerReference } from '../../api/meta.ts'
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

/** Who owns a claim, so that it goes with its set or with its pod when that is what the retention policy says. */
export function claimOwners(set: StatefulSet, pod: Pod, condemned: boolean): readonly OwnerReference[] {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  if (condemned && whenScaled === 'Delete') return [controllerRef(pod)]
  return whenDeleted === 'Delete' ? [controllerRef(set)] : []
}

/** The pod of an ordinal as of a revision (stateful_set_utils.go: newStatefulSetPod). */
export function newPod(set: StatefulSet, revision: ControllerRevision, ordinal: number): Pod {
  const made = podFromTemplate(templateOf(set, revision), set, controllerRef(set))
  const name = `${set.metadata.name}-${ordinal}`
  const labels = { ...made.metadata.labels, [POD_NAME]: name, [POD_INDEX]: `${ordinal}`, [POD_REVISION]: revision.metadata.name }
  const claimed = (set.spec.volumeClaimTemplates ?? []).map((t) => t.metadata.name)
  const volumes = [
    ...claimed.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}` } })),
    ...(made.spec.volumes ?? []).filter((volume) => !claimed.includes(volume.name)),
  ]
  const { serviceName } = set.spec
  return {
    ...made,
    metadata: { ...made.metadata, name, namespace: set.metadata.namespace, labels },
    spec: { ...made.spec, hostname: name, ...(serviceName ? { subdomain: serviceName } : {}), ...(volumes.length > 0 ? { volumes } : {}) },
  }
}
