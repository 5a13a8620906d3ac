import { deepEqual } from '../../api/deep.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { defaultTemplate } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, countColumn, defineKind, formatLabels, nameColumn, textColumn } from '../define.ts'
import type { DaemonSet, DaemonSetUpdateStrategy } from './daemonset.ts'
import { daemonSetWarnings, validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from './validate.ts'

function defaultStrategy(strategy: DaemonSetUpdateStrategy | undefined): DaemonSetUpdateStrategy {
  const type = strategy?.type || 'RollingUpdate'
  const next = strategy?.type ? strategy : { ...strategy, type }
  if (type !== 'RollingUpdate') {
    // The internal numbers are no pointers: what was left out comes back as zero.
    const given = next.rollingUpdate
    return given ? assignSame(next, { rollingUpdate: assignSame(given, { maxUnavailable: given.maxUnavailable ?? 0, maxSurge: given.maxSurge ?? 0 }) }) : next
  }
  const rolling = next.rollingUpdate ?? {}
  return assignSame(next, { rollingUpdate: assignSame(rolling, { maxUnavailable: rolling.maxUnavailable ?? 1, maxSurge: rolling.maxSurge ?? 0 }) })
}

const containers = (d: DaemonSet) => d.spec.template?.spec?.containers ?? []
const EMPTY_STATUS = Object.freeze({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 })
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'

/** The template generation lives on as an annotation of apps/v1 (pkg/apis/apps/v1/conversion.go). */
const withTemplateGeneration = (d: DaemonSet, n: number): DaemonSet => {
  const text = String(n)
  if (d.metadata.annotations?.[TEMPLATE_GENERATION] === text) return d
  return { ...d, metadata: { ...d.metadata, annotations: { ...d.metadata.annotations, [TEMPLATE_GENERATION]: text } } }
}
const templateGeneration = (d: DaemonSet): number => Number(d.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 0

/** apps/v1 DaemonSet (registry/apps/daemonset: strategy.go). */
export const daemonSetKind = defineKind<DaemonSet>('apps', 'v1', 'DaemonSet', {
  generation: true,
  defaults(d) {
    const spec = assignSame(d.spec, {
      template: defaultTemplate(d.spec.template ?? { spec: { containers: [] } }),
      updateStrategy: defaultStrategy(d.spec.updateStrategy),
      revisionHistoryLimit: d.spec.revisionHistoryLimit ?? 10,
    })
    return assignSame(d, { spec })
  },
  prepareCreate: (d) => withTemplateGeneration({ ...d, status: EMPTY_STATUS }, Math.max(1, templateGeneration(d))),
  prepareUpdate: (d, old) => withTemplateGeneration(d, templateGeneration(old) + (deepEqual(d.spec.template, old.spec.template) ? 0 : 1)),
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: validateDaemonSetStatus,
  warnings: daemonSetWarnings,
  columns: [
    nameColumn,
    countColumn('Desired', (d) => d.status?.desiredNumberScheduled ?? 0),
    countColumn('Current', (d) => d.status?.currentNumberScheduled ?? 0),
    countColumn('Ready', (d) => d.status?.numberReady ?? 0),
    countColumn('Up-to-date', (d) => d.status?.updatedNumberScheduled ?? 0),
    countColumn('Available', (d) => d.status?.numberAvailable ?? 0),
    textColumn('Node Selector', (d) => formatLabels(d.spec.template?.spec?.nodeSelector)),
    ageColumn,
    textColumn('Containers', (d) => containers(d).map((c) => c.name).join(','), 1),
    textColumn('Images', (d) => containers(d).map((c) => c.image ?? '').join(','), 1),
    textColumn('Selector', (d) => formatLabelSelector(d.spec.selector), 1),
  ],
})
