import { defaultTemplate } from '../../api/pod-defaults.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { ReplicaSet } from './replicaset.ts'
import { replicaSetWarnings, validateReplicaSet, validateReplicaSetStatus, validateReplicaSetUpdate } from './validate.ts'

const containers = (rs: ReplicaSet) => rs.spec.template?.spec?.containers ?? []

/** apps/v1 ReplicaSet (registry/apps/replicaset: strategy.go). */
export const replicaSetKind = defineKind<ReplicaSet>('apps', 'v1', 'ReplicaSet', {
  generation: true,
  defaults(rs) {
    const spec = assignSame(rs.spec, {
      replicas: rs.spec.replicas ?? 1,
      template: defaultTemplate(rs.spec.template ?? { spec: { containers: [] } }),
      // Go leaves a zero of it out.
      minReadySeconds: rs.spec.minReadySeconds || undefined,
    })
    return assignSame(rs, { spec })
  },
  prepareCreate: (rs) => ({ ...rs, status: { replicas: 0 } }),
  validate: validateReplicaSet,
  validateUpdate: validateReplicaSetUpdate,
  validateStatusUpdate: validateReplicaSetStatus,
  warnings: replicaSetWarnings,
  columns: [
    nameColumn,
    countColumn('Desired', (rs) => rs.spec.replicas ?? 0),
    countColumn('Current', (rs) => rs.status?.replicas ?? 0),
    countColumn('Ready', (rs) => rs.status?.readyReplicas ?? 0),
    ageColumn,
    textColumn('Containers', (rs) => containers(rs).map((c) => c.name).join(','), 1),
    textColumn('Images', (rs) => containers(rs).map((c) => c.image ?? '').join(','), 1),
    textColumn('Selector', (rs) => formatLabelSelector(rs.spec.selector), 1),
  ],
  selectableFields: (rs) => ({ 'status.replicas': String(rs.status?.replicas ?? 0) }),
})
