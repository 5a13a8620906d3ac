import { compileSelector, formatLabelSelector, selectorText, type LabelSelector } from '../../api/labels.ts'
import { controllerOf, isControlledBy, type KubeList, type KubeObject, type StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { isStatus } from '../../api/status.ts'
import { deepEqual } from '../../api/deep.ts'
import { list, PODS, REPLICA_SETS } from '../../client/request.ts'
import type { KubectlContext } from '../context.ts'
import { podTemplateText } from '../template-text.ts'
import { formatLabels } from '../../kinds/define.ts'
import type { Describer } from './generic.ts'
import { claimTemplatesText } from './storage.ts'
import { annotationLines, dateText, labelLines } from './texts.ts'

interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string } }
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } }
    readonly podManagementPolicy?: string
  }
  readonly status?: {
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly availableReplicas?: number
    readonly unavailableReplicas?: number
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[]
    readonly desiredNumberScheduled?: number
    readonly currentNumberScheduled?: number
    readonly updatedNumberScheduled?: number
    readonly numberAvailable?: number
    readonly numberMisscheduled?: number
  }
}

/** Objects of a resource that this one controls. */
function owned(ctx: KubectlContext, resource: Parameters<typeof list>[0], { spec, metadata }: Workload, owner: KubeObject): readonly KubeObject[] {
  const answer = ctx.call(list(resource, metadata.namespace, { labelSelector: selectorText(compileSelector(spec.selector)) })) as unknown
  return isStatus(answer) ? [] : (answer as KubeList).items.filter((o) => isControlledBy(o, owner))
}

/** kubectl: describe.go, DeploymentDescriber. */
export const describeDeployment: Describer = (ctx, object) => {
  const d = object as Workload
  const { metadata, spec, status = {} } = d
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nCreationTimestamp:\t${dateText(metadata.creationTimestamp)}\n${labelLines(metadata)}${annotationLines(metadata)}`
  t += `Selector:\t${formatLabelSelector(spec.selector)}\n`
  t += `Replicas:\t${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable\n`
  t += `StrategyType:\t${spec.strategy?.type ?? ''}\nMinReadySeconds:\t${spec.minReadySeconds ?? 0}\n`
  const rolling = spec.strategy?.rollingUpdate
  if (rolling) t += `RollingUpdateStrategy:\t${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge\n`
  t += podTemplateText(spec.template)
  if (status.conditions?.length) t += `Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n${status.conditions.map((c) => `  ${c.type} \t${c.status}\t${c.reason ?? ''}\n`).join('')}`
  const sets = owned(ctx, REPLICA_SETS, d, object) as readonly Workload[]
  const current = sets.find((s) => deepEqual(withoutHash(s.spec.template), withoutHash(spec.template)))
  const revision = (s: Workload): number => Number(s.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)
  const created = (s: Workload): string => s.metadata.creationTimestamp ?? ''
  const old = sets.filter((s) => s !== current).sort((a, b) => (created(a) < created(b) ? -1 : created(a) > created(b) ? 1 : revision(a) - revision(b)))
  t += `OldReplicaSets:\t${setsText(old)}\nNewReplicaSet:\t${setsText(current ? [current] : [])}\n`
  return { text: t, events: true }
}

const setsText = (sets: readonly Workload[]): string =>
  sets.length === 0 ? '<none>' : sets.map((s) => `${s.metadata.name} (${s.status?.replicas ?? 0}/${s.spec.replicas ?? 0} replicas created)`).join(', ')

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

/** "2 Running / 0 Waiting / 0 Succeeded / 0 Failed" */
function podPhases(pods: readonly Pod[]): string {
  const count = (phase: string): number => pods.filter((p) => p.status?.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}

/** kubectl: describe.go, ReplicaSetDescriber. */
export const describeReplicaSet: Describer = (ctx, object) => {
  const set = object as Workload
  const { metadata, spec, status = {} } = set
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nSelector:\t${formatLabelSelector(spec.selector)}\n${labelLines(metadata)}${annotationLines(metadata)}`
  const owner = controllerOf(object)
  if (owner) t += `Controlled By:\t${owner.kind}/${owner.name}\n`
  t += `Replicas:\t${status.replicas ?? 0} current / ${spec.replicas ?? 0} desired\nPods Status:\t${podPhases(owned(ctx, PODS, set, object) as readonly Pod[])}\n`
  t += podTemplateText(spec.template)
  if (status.conditions?.length) t += `Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n${status.conditions.map((c) => `  ${c.type} \t${c.status}\t${c.reason ?? ''}\n`).join('')}`
  return { text: t, events: true }
}

/** kubectl: describe.go, DaemonSetDescriber. */
export const describeDaemonSet: Describer = (ctx, object) => {
  const set = object as Workload
  const { metadata, spec, status = {} } = set
  const selector = formatLabelSelector(spec.selector)
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nSelector:\t${selector}\nNode-Selector:\t${nodeSelector(spec.template)}\n${labelLines(metadata)}${annotationLines(metadata)}`
  t += `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}\nCurrent Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}\n`
  t += `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}\nNumber of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}\n`
  t += `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}\nPods Status:\t${podPhases(owned(ctx, PODS, set, object) as readonly Pod[])}\n`
  return { text: t + podTemplateText(spec.template), events: true }
}

/** kubectl: describe.go, StatefulSetDescriber. */
export const describeStatefulSet: Describer = (ctx, object) => {
  const set = object as Workload & { readonly spec: { readonly volumeClaimTemplates?: readonly KubeObject[] } }
  const { metadata, spec, status = {} } = set
  const { type = '', rollingUpdate } = (spec.updateStrategy ?? {}) as { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: number | string } }
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nCreationTimestamp:\t${dateText(metadata.creationTimestamp)}\nSelector:\t${selectorText(compileSelector(spec.selector))}\n${labelLines(metadata)}${annotationLines(metadata)}`
  t += `Replicas:\t${spec.replicas ?? 0} desired | ${status.replicas ?? 0} total\nUpdate Strategy:\t${type}\n`
  if (rollingUpdate?.partition !== undefined) t += `  Partition:\t${rollingUpdate.partition}\n${rollingUpdate.maxUnavailable === undefined ? '' : `  MaxUnavailable:\t${rollingUpdate.maxUnavailable}\n`}`
  t += `Pods Status:\t${podPhases(owned(ctx, PODS, set, object) as readonly Pod[])}\n${podTemplateText(spec.template)}`
  return { text: t + claimTemplatesText(spec.volumeClaimTemplates), events: true }
}

/** kubectl: describe.go, ReplicationControllerDescriber. */
export const describeReplicationController: Describer = (ctx, object) => {
  const rc = object as unknown as Workload & { readonly spec: { readonly selector?: StringMap } }
  const { metadata, status = {} } = rc
  const selector = rc.spec.selector as StringMap | undefined
  const pods = owned(ctx, PODS, { ...rc, spec: { ...rc.spec, selector: { matchLabels: selector } } } as Workload, object) as readonly Pod[]
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nSelector:\t${formatLabels(selector)}\n${labelLines(metadata)}${annotationLines(metadata)}`
  t += `Replicas:\t${status.replicas ?? 0} current / ${rc.spec.replicas ?? 0} desired\nPods Status:\t${podPhases(pods)}\n${podTemplateText(rc.spec.template)}`
  if (status.conditions?.length) t += `Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n${status.conditions.map((c) => `  ${c.type} \t${c.status}\t${c.reason ?? ''}\n`).join('')}`
  return { text: t, events: true }
}

const nodeSelector = (template: PodTemplateSpec): string => {
  const map = template.spec.nodeSelector ?? {}
  return Object.keys(map).sort().map((k) => `${k}=${map[k]!}`).join(',') || '<none>'
}
