import type { KubeObject } from '../../api/meta.ts'
import { formatLabels } from '../../kinds/define.ts'
import { formatLabelSelector, type LabelSelector } from '../../api/labels.ts'
import type { Describer } from './generic.ts'
import { annotationLines, dateText, labelLines } from './texts.ts'

interface Amount {
  readonly type?: string
  readonly value?: string
  readonly averageValue?: string
  readonly averageUtilization?: number
}

interface Named {
  readonly name: string
}

/** A metric of the spec (with `target`) or of the status (with `current`). */
interface Metric {
  readonly type: string
  readonly resource?: { readonly name: string; readonly target?: Amount; readonly current?: Amount }
  readonly containerResource?: { readonly name: string; readonly container: string; readonly target?: Amount; readonly current?: Amount }
  readonly pods?: { readonly metric: Named; readonly target?: Amount; readonly current?: Amount }
  readonly object?: { readonly metric: Named; readonly describedObject: { readonly kind: string; readonly name: string }; readonly target?: Amount; readonly current?: Amount }
  readonly external?: { readonly metric: Named; readonly target?: Amount; readonly current?: Amount }
}

interface Rules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: string
  readonly policies?: readonly { readonly type: string; readonly value: number; readonly periodSeconds: number }[]
}

interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string }
    readonly minReplicas?: number
    readonly maxReplicas: number
    readonly metrics?: readonly Metric[]
    readonly behavior?: { readonly scaleUp?: Rules; readonly scaleDown?: Rules }
  }
  readonly status?: {
    readonly currentReplicas?: number
    readonly desiredReplicas?: number
    readonly currentMetrics?: readonly Metric[] | null
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[]
  }
}

const UNKNOWN = '<unknown>'

/** A resource's line from "resource cpu on pods" on: an amount, or a share of what is requested. */
function shareText(head: string, target: Amount = {}, current: Amount | undefined): string {
  if (target.averageValue !== undefined) return `${head}:\t${current?.averageValue ?? UNKNOWN} / ${target.averageValue}\n`
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}% (${current.averageValue ?? '0'})`
  return `${head}  (as a percentage of request):\t${now} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}\n`
}

function metricText(m: Metric, now: Metric | undefined): string {
  switch (m.type) {
    case 'External': {
      const { metric, target = {} } = m.external!
      const average = target.averageValue !== undefined
      return `  ${JSON.stringify(metric.name)} (target ${average ? 'average ' : ''}value):\t${(average ? now?.external?.current?.averageValue : now?.external?.current?.value) ?? UNKNOWN} / ${average ? target.averageValue : (target.value ?? '<nil>')}\n`
    }
    case 'Pods':
      return `  ${JSON.stringify(m.pods!.metric.name)} on pods:\t${now?.pods?.current?.averageValue ?? UNKNOWN} / ${m.pods!.target?.averageValue ?? ''}\n`
    case 'Object': {
      const { metric, describedObject, target = {} } = m.object!
      const average = target.type === 'AverageValue'
      return `  "${metric.name}" on ${describedObject.kind}/${describedObject.name} (target ${average ? 'average ' : ''}value):\t${(average ? now?.object?.current?.averageValue : now?.object?.current?.value) ?? UNKNOWN} / ${(average ? target.averageValue : target.value) ?? ''}\n`
    }
    case 'Resource':
      return shareText(`  resource ${m.resource!.name} on pods`, m.resource!.target, now?.resource?.current)
    case 'ContainerResource':
      return shareText(`  resource ${m.containerResource!.name} of container "${m.containerResource!.container}" on pods`, m.containerResource!.target, now?.containerResource?.current)
    default:
      return `  <unknown metric type ${JSON.stringify(m.type)}>\n`
  }
}

function directionText(name: string, rules: Rules | undefined): string {
  if (!rules) return ''
  let t = `  ${name}:\n`
  if (rules.stabilizationWindowSeconds !== undefined) t += `    Stabilization Window: ${rules.stabilizationWindowSeconds} seconds\n`
  if (rules.policies?.length) t += `    Select Policy: ${rules.selectPolicy ?? 'Max'}\n    Policies:\n${rules.policies.map((p) => `      - Type: ${p.type}\tValue: ${p.value}\tPeriod: ${p.periodSeconds} seconds\n`).join('')}`
  return t
}

/** kubectl: describe.go, HorizontalPodAutoscalerDescriber (autoscaling/v2). */
export const describeAutoscaler: Describer = (_ctx, object) => {
  const { metadata, spec, status = {} } = object as Autoscaler
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\n${labelLines(metadata)}${annotationLines(metadata)}CreationTimestamp:\t${dateText(metadata.creationTimestamp)}\nReference:\t${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}\nMetrics:\t( current / target )\n`
  t += (spec.metrics ?? []).map((m, i) => metricText(m, status.currentMetrics?.[i])).join('')
  t += `Min replicas:\t${spec.minReplicas ?? '<unset>'}\nMax replicas:\t${spec.maxReplicas}\n`
  if (spec.behavior) t += `Behavior:\n${directionText('Scale Up', spec.behavior.scaleUp)}${directionText('Scale Down', spec.behavior.scaleDown)}`
  t += `${spec.scaleTargetRef.kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired\n`
  if (status.conditions?.length) t += `Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n${status.conditions.map((c) => `  ${c.type}\t${c.status}\t${c.reason ?? ''}\t${c.message ?? ''}\n`).join('')}`
  return { text: t, events: true }
}

interface Budget extends KubeObject {
  readonly spec: { readonly minAvailable?: number | string; readonly maxUnavailable?: number | string; readonly selector?: LabelSelector }
  readonly status?: { readonly disruptionsAllowed?: number; readonly currentHealthy?: number; readonly desiredHealthy?: number; readonly expectedPods?: number }
}

export const describeBudget: Describer = (_ctx, object) => {
  const { metadata, spec, status = {} } = object as Budget
  const bound = spec.minAvailable !== undefined ? `Min available:\t${spec.minAvailable}\n` : spec.maxUnavailable !== undefined ? `Max unavailable:\t${spec.maxUnavailable}\n` : ''
  const numbers = [['Allowed disruptions', status.disruptionsAllowed], ['Current', status.currentHealthy], ['Desired', status.desiredHealthy], ['Total', status.expectedPods]] as const
  return { text: `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\n${bound}Selector:\t${spec.selector ? formatLabelSelector(spec.selector) : '<unset>'}\nStatus:\n${numbers.map(([k, v]) => `    ${k}:\t${v ?? 0}\n`).join('')}`, events: true }
}

export const describePriorityClass: Describer = (_ctx, object) => {
  const { metadata, value = 0, globalDefault = false, preemptionPolicy = '', description = '' } = object as KubeObject & { readonly value?: number; readonly globalDefault?: boolean; readonly preemptionPolicy?: string; readonly description?: string }
  return { text: `Name:\t${metadata.name}\nValue:\t${value}\nGlobalDefault:\t${globalDefault}\nPreemptionPolicy:\t${preemptionPolicy}\nDescription:\t${description}\nAnnotations:\t${formatLabels(metadata.annotations)}\n`, events: true }
}

interface Cidrs extends KubeObject {
  readonly spec: { readonly cidrs?: readonly string[] }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime?: string; readonly reason?: string; readonly message?: string }[] }
}

export const describeServiceCidr: Describer = (_ctx, object) => {
  const { metadata, spec, status } = object as Cidrs
  const rows = (status?.conditions ?? []).map((c) => `  ${c.type}\t${c.status}\t${dateText(c.lastTransitionTime)}\t${c.reason ?? ''}\t${c.message ?? ''}\n`)
  const table = rows.length > 0 ? `Status:\nConditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------\n${rows.join('')}` : ''
  return { text: `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}CIDRs:\t${(spec.cidrs ?? []).join(', ')}\n${table}`, events: true }
}

export const describeIpAddress: Describer = (_ctx, object) => {
  const { metadata, spec } = object as KubeObject & { readonly spec?: { readonly parentRef?: { readonly group?: string; readonly resource?: string; readonly namespace?: string; readonly name?: string } } }
  const p = spec?.parentRef
  return { text: `Name:\t${metadata.name}\n${labelLines(metadata)}${annotationLines(metadata)}${p ? `Parent Reference:\n  Group:\t${p.group ?? ''}\n  Resource:\t${p.resource ?? ''}\n  Namespace:\t${p.namespace ?? ''}\n  Name:\t${p.name ?? ''}\n` : ''}`, events: true }
}
