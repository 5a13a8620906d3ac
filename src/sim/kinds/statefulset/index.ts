import { deepEqual } from '../../api/deep.ts'
import { forbiddenField, type FieldError } from '../../api/field.ts'
import { defaultTemplate } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import { replicatedTemplate } from '../../api/validate/workload.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from './statefulset.ts'

function defaultStrategy(strategy: StatefulSetUpdateStrategy | undefined): StatefulSetUpdateStrategy {
  const next = strategy?.type ? strategy : { ...strategy, type: 'RollingUpdate' as const }
  if (next.type !== 'RollingUpdate') return next
  const rolling = next.rollingUpdate ?? {}
  // The gate of maxUnavailable is off, so the field is dropped silently.
  return assignSame(next, { rollingUpdate: rolling.maxUnavailable === undefined && rolling.partition !== undefined ? rolling : { partition: rolling.partition ?? 0 } })
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
  const spec = (claim.spec ?? {}) as { readonly volumeMode?: string }
  return { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: spec.volumeMode ? spec : { ...spec, volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }
}

function validate(set: StatefulSet): readonly FieldError[] {
  const out: FieldError[] = []
  nonNegative(set.spec.replicas, 'spec.replicas', out)
  nonNegative(set.spec.minReadySeconds, 'spec.minReadySeconds', out)
  nonNegative(set.spec.ordinals?.start, 'spec.ordinals.start', out)
  nonNegative(set.spec.updateStrategy?.rollingUpdate?.partition, 'spec.updateStrategy.rollingUpdate.partition', out)
  replicatedTemplate(set.spec.selector, set.spec.template ?? { spec: { containers: [] } }, 'spec', out)
  return out
}

const MUTABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'] as const
const FIXED = `updates to statefulset spec for fields other than ${MUTABLE.slice(0, -1).map((f) => `'${f}'`).join(', ')} and '${MUTABLE.at(-1)!}' are forbidden`

function validateUpdate(set: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const frozen = (spec: StatefulSetSpec): unknown => Object.fromEntries(Object.entries(spec).filter(([key]) => !(MUTABLE as readonly string[]).includes(key)))
  const same = deepEqual(frozen(set.spec), frozen(old.spec))
  return same ? validate(set) : [...validate(set), forbiddenField('spec', FIXED)]
}

const containers = (set: StatefulSet) => set.spec.template?.spec?.containers ?? []

/** apps/v1 StatefulSet (registry/apps/statefulset: strategy.go). */
export const statefulSetKind = defineKind<StatefulSet>('apps', 'v1', 'StatefulSet', {
  generation: true,
  defaults: (set) => assignSame(set, { spec: defaultSpec(set.spec) }),
  prepareCreate: (set) => ({ ...set, status: { replicas: 0, availableReplicas: 0 } }),
  validate,
  validateUpdate,
  columns: [
    nameColumn,
    textColumn('Ready', (set) => `${set.status?.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`),
    ageColumn,
    textColumn('Containers', (set) => containers(set).map((c) => c.name).join(','), 1),
    textColumn('Images', (set) => containers(set).map((c) => c.image ?? '').join(','), 1),
  ],
})
