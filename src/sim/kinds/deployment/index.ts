import { deepEqual } from '../../api/deep.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { defaultTemplate } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn, withGeneration, withStatusOf } from '../define.ts'
import type { Deployment, DeploymentStrategy } from './deployment.ts'
import { deploymentWarnings, validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './validate.ts'

function defaultStrategy(strategy: DeploymentStrategy | undefined): DeploymentStrategy {
  const type = strategy?.type || 'RollingUpdate'
  const next = strategy?.type ? strategy : { ...strategy, type }
  if (type !== 'RollingUpdate') return next
  const rolling = next.rollingUpdate ?? {}
  return assignSame(next, { rollingUpdate: assignSame(rolling, { maxUnavailable: rolling.maxUnavailable ?? '25%', maxSurge: rolling.maxSurge ?? '25%' }) })
}

const containers = (d: Deployment) => d.spec.template?.spec?.containers ?? []

/** apps/v1 Deployment (registry/apps/deployment: strategy.go). */
export const deploymentKind = defineKind<Deployment>('apps', 'v1', 'Deployment', {
  defaults(d) {
    const spec = assignSame(d.spec, {
      replicas: d.spec.replicas ?? 1,
      template: defaultTemplate(d.spec.template ?? { spec: { containers: [] } }),
      strategy: defaultStrategy(d.spec.strategy),
      revisionHistoryLimit: d.spec.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: d.spec.progressDeadlineSeconds ?? 600,
      // Go leaves zeros of these out.
      minReadySeconds: d.spec.minReadySeconds || undefined,
      paused: d.spec.paused || undefined,
    })
    return assignSame(d, { spec })
  },
  prepareCreate: (d) => withGeneration({ ...d, status: {} }, 1),
  prepareUpdate(d, old) {
    const kept = withStatusOf(d, old)
    const same = deepEqual(kept.spec, old.spec) && deepEqual(kept.metadata.annotations ?? {}, old.metadata.annotations ?? {})
    return withGeneration(kept, (old.metadata.generation ?? 0) + (same ? 0 : 1))
  },
  prepareStatusUpdate: (d, old) => ({
    ...old,
    metadata: assignSame(d.metadata, { labels: old.metadata.labels, generation: old.metadata.generation }),
    status: d.status,
  }),
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatus,
  warnings: deploymentWarnings,
  columns: [
    nameColumn,
    textColumn('Ready', (d) => `${d.status?.readyReplicas ?? 0}/${d.spec.replicas ?? 0}`),
    countColumn('Up-to-date', (d) => d.status?.updatedReplicas ?? 0),
    countColumn('Available', (d) => d.status?.availableReplicas ?? 0),
    ageColumn,
    textColumn('Containers', (d) => containers(d).map((c) => c.name).join(','), 1),
    textColumn('Images', (d) => containers(d).map((c) => c.image ?? '').join(','), 1),
    textColumn('Selector', (d) => formatLabelSelector(d.spec.selector), 1),
  ],
})
