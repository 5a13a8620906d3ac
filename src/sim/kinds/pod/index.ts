import type { ObjectMeta } from '../../api/meta.ts'
import { defaultPodSpec } from '../../api/pod-defaults.ts'
import { defaultPodRequests } from '../../api/pod-level-defaults.ts'
import { computeQosClass } from '../../api/pod-resources.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodSpec } from '../../api/pod-spec.ts'
import type { PodCondition, PodStatus } from '../../api/pod-status.ts'
import { draftMeta } from '../../api/meta-copy.ts'
import { assignSame } from '../../api/share.ts'
import { defineKind, withStatusOf } from '../define.ts'
import { withAppArmor } from './app-armor.ts'
import { podColumns } from './columns.ts'
import { ephemeralContainersRules } from './ephemeral-containers.ts'
import { withPodGeneration } from './generation.ts'
import { withLabelKeys } from './label-keys.ts'
import { resizeRules } from './resize.ts'
import { validatePod } from './validate.ts'
import { validatePodStatusUpdate } from './validate-status.ts'
import { validatePodUpdate } from './validate-update.ts'
import { podWarnings } from './warnings.ts'

/** What pods made from one template have in common, by the template's spec. */
const linked = new WeakMap<PodSpec, PodSpec>()

/** Conversion of v1 pods makes a negative grace period one second (core/v1: conversion.go); templates keep theirs. */
const notNegative = (spec: PodSpec): PodSpec =>
  (spec.terminationGracePeriodSeconds ?? 0) < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec

function defaults(pod: Pod, old?: Pod): Pod {
  if (old && pod.spec === old.spec) return pod
  const sent = pod.spec ? notNegative(pod.spec) : { containers: [] }
  const known = linked.get(sent)
  if (known) return assignSame(pod, { spec: known })
  const spec = defaultPodRequests(defaultPodSpec(sent, true))
  if (isLinked(sent, spec)) linked.set(sent, spec)
  return assignSame(pod, { spec })
}

/** Was nothing missing but the links? Then the spec is a template's, which many pods share. */
function isLinked(sent: PodSpec, spec: PodSpec): boolean {
  if (sent.enableServiceLinks !== undefined) return false
  for (const key in spec) if (key !== 'enableServiceLinks' && sent[key as keyof PodSpec] !== spec[key as keyof PodSpec]) return false
  return true
}

/** The first of podIPs and podIP are one value (core/v1: conversion.go). */
function withPodIps(status: PodStatus): PodStatus {
  if (status.podIP && !status.podIPs?.length) return { ...status, podIPs: [{ ip: status.podIP }] }
  const first = status.podIPs?.[0]?.ip
  return first && !status.podIP ? { ...status, podIP: first } : status
}

function prepareCreate(pod: Pod): Pod {
  const gated = (pod.spec.schedulingGates ?? []).length > 0
  const qosClass = computeQosClass(pod.spec)
  const status: PodStatus = gated ? { phase: 'Pending', conditions: [gatedCondition(pod)], qosClass } : { phase: 'Pending', qosClass }
  const spec = withAppArmor(withLabelKeys(pod.spec, pod.metadata.labels), pod.metadata.annotations)
  return { apiVersion: pod.apiVersion, kind: pod.kind, metadata: firstGeneration(pod.metadata), spec, status }
}

const gatedCondition = ({ metadata }: Pod): PodCondition => ({
  type: 'PodScheduled', status: 'False', lastProbeTime: null as unknown as undefined, lastTransitionTime: metadata.creationTimestamp ?? (null as unknown as undefined), reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})

function firstGeneration(metadata: ObjectMeta): ObjectMeta {
  if (metadata.generation === 1) return metadata
  const draft = draftMeta(metadata)
  draft.generation = 1
  return draft
}

/** v1 Pod (registry/core/pod: strategy.go). */
export const podKind = defineKind<Pod>('', 'v1', 'Pod', {
  defaults,
  prepareCreate,
  prepareUpdate: (pod, old) => withPodGeneration(withStatusOf(pod, old), old),
  prepareStatusUpdate(pod, old) {
    const sent = withPodIps(pod.status ?? {})
    const status = sent.qosClass ? sent : { ...sent, qosClass: old.status?.qosClass }
    const { deletionTimestamp, ownerReferences, generation } = old.metadata
    return { ...old, metadata: assignSame(pod.metadata, { deletionTimestamp, ownerReferences, generation }), status }
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  updatesThrough: { ephemeralcontainers: ephemeralContainersRules, resize: resizeRules },
  warnings: podWarnings,
  columns: podColumns,
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.restartPolicy': pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec?.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
})
