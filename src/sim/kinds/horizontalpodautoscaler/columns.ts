import { ageColumn, countColumn, nameColumn, textColumn } from '../define.ts'
import type { Column } from '../definition.ts'
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './horizontalpodautoscaler.ts'

const UNKNOWN = '<unknown>'
const SHOWN = 2

function plain(t: MetricTarget, now: MetricValueStatus | undefined): string {
  if (t.averageValue !== undefined) return `${now?.averageValue ?? UNKNOWN}/${t.averageValue} (avg)`
  return `${now ? (now.value ?? '<nil>') : UNKNOWN}/${t.value ?? '<nil>'}`
}

function resource(name: string, t: MetricTarget, now: MetricValueStatus | undefined): string {
  if (t.averageValue !== undefined) return `${name}: ${now ? (now.averageValue ?? '<nil>') : UNKNOWN}/${t.averageValue}`
  const percent = (n: number | undefined, otherwise: string): string => (n === undefined ? otherwise : `${n}%`)
  return `${name}: ${percent(now?.averageUtilization, UNKNOWN)}/${percent(t.averageUtilization, '<auto>')}`
}

function one(m: MetricSpec, s: MetricStatus | undefined): string {
  switch (m.type) {
    case 'External':
      return plain(m.external!.target, s?.external?.current)
    case 'Object':
      return plain(m.object!.target, s?.object?.current)
    case 'Pods':
      return `${s?.pods ? (s.pods.current.averageValue ?? '<nil>') : UNKNOWN}/${m.pods!.target.averageValue}`
    case 'Resource':
      return resource(m.resource!.name, m.resource!.target, s?.resource?.current)
    case 'ContainerResource':
      return resource(m.containerResource!.name, m.containerResource!.target, s?.containerResource?.current)
    default:
      return '<unknown type>'
  }
}

/** printers/internalversion: formatHPAMetrics. */
export function formatMetrics(hpa: HorizontalPodAutoscaler): string {
  const specs = hpa.spec.metrics ?? []
  if (specs.length === 0) return '<none>'
  const list = specs.map((m, i) => one(m, hpa.status?.currentMetrics?.[i]))
  return list.length > SHOWN ? `${list.slice(0, SHOWN).join(', ')} + ${list.length - SHOWN} more...` : list.join(', ')
}

export const autoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  textColumn('Reference', (h) => `${h.spec.scaleTargetRef.kind}/${h.spec.scaleTargetRef.name}`),
  textColumn('Targets', formatMetrics),
  textColumn('MinPods', (h) => (h.spec.minReplicas === undefined ? '<unset>' : String(h.spec.minReplicas))),
  { ...countColumn<HorizontalPodAutoscaler>('MaxPods', (h) => h.spec.maxReplicas), type: 'string' },
  { ...countColumn<HorizontalPodAutoscaler>('Replicas', (h) => h.status?.currentReplicas ?? 0), type: 'string' },
  ageColumn,
]
