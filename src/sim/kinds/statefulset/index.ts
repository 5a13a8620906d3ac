import { isDns1123Label } from '../../api/names.ts'
import { defaultResourceList, defaultTemplate } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import type { PersistentVolumeClaimSpec } from '../../api/volume.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from './statefulset.ts'
import { statefulSetWarnings, validateStatefulSet, validateStatefulSetStatus, validateStatefulSetUpdate } from './validate.ts'

function defaultStrategy(strategy: StatefulSetUpdateStrategy | undefined): StatefulSetUpdateStrategy {
  const next = strategy?.type ? strategy : { ...strategy, type: 'RollingUpdate' as const, rollingUpdate: strategy?.rollingUpdate ?? {} }
  const rolling = next.rollingUpdate
  if (!rolling) return next
  // The gate of maxUnavailable is off, so the field is dropped silently.
  const partition = rolling.partition ?? (next.type === 'RollingUpdate' ? 0 : undefined)
  return assignSame(next, { rollingUpdate: assignSame(rolling, { partition, maxUnavailable: undefined }) })
}

function defaultSpec(spec: StatefulSetSpec): StatefulSetSpec {
  const retention = spec.persistentVolumeClaimRetentionPolicy ?? {}
  return assignSame(spec, {
    replicas: spec.replicas ?? 1,
    podManagementPolicy: spec.podManagementPolicy ?? 'OrderedReady',
    updateStrategy: defaultStrategy(spec.updateStrategy),
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    persistentVolumeClaimRetentionPolicy: assignSame(retention, { whenDeleted: retention.whenDeleted ?? 'Retain', whenScaled: retention.whenScaled ?? 'Retain' }),
    template: defaultTemplate(spec.template ?? { spec: { containers: [] } }),
    minReadySeconds: spec.minReadySeconds || undefined,
    volumeClaimTemplates: spec.volumeClaimTemplates?.map(defaultClaim),
  })
}

/** A claim template as the server gives it back. */
function defaultClaim(claim: NonNullable<StatefulSetSpec['volumeClaimTemplates']>[number]): typeof claim {
  const spec = (claim.spec ?? {}) as PersistentVolumeClaimSpec
  const { resources } = spec
  const rounded = resources && assignSame(resources, { requests: defaultResourceList(resources.requests), limits: defaultResourceList(resources.limits) })
  return { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: assignSame(spec, { volumeMode: spec.volumeMode || 'Filesystem', resources: rounded }), status: { phase: 'Pending' } }
}

const containers = (set: StatefulSet) => set.spec.template?.spec?.containers ?? []

/** apps/v1 StatefulSet (registry/apps/statefulset: strategy.go). */
export const statefulSetKind = defineKind<StatefulSet>('apps', 'v1', 'StatefulSet', {
  generation: true,
  defaults: (set) => assignSame(set, { spec: defaultSpec(set.spec) }),
  prepareCreate: (set) => ({ ...set, status: { replicas: 0, availableReplicas: 0 } }),
  name: isDns1123Label,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatus,
  warnings: statefulSetWarnings,
  columns: [
    nameColumn,
    textColumn('Ready', (set) => `${set.status?.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`),
    ageColumn,
    textColumn('Containers', (set) => containers(set).map((c) => c.name).join(','), 1),
    textColumn('Images', (set) => containers(set).map((c) => c.image ?? '').join(','), 1),
  ],
})
