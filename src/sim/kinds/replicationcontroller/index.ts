import { isLongName } from '../../api/names.ts'
import { defaultTemplate } from '../../api/pod-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, countColumn, defineKind, formatLabels, nameColumn, textColumn } from '../define.ts'
import type { ReplicationController, ReplicationControllerSpec } from './replicationcontroller.ts'
import { replicationControllerWarnings, validateReplicationController, validateReplicationControllerStatus } from './validate.ts'

const isEmpty = (map: object | undefined): boolean => Object.keys(map ?? {}).length === 0

/** core/v1 SetDefaults_ReplicationController: selector and labels come from the template. */
function defaults(rc: ReplicationController): ReplicationController {
  const given = (rc.spec ?? {}) as ReplicationControllerSpec
  const template = given.template && defaultTemplate(given.template)
  const labels = template?.metadata?.labels
  const spec = assignSame(given, {
    replicas: given.replicas ?? 1,
    template,
    selector: labels && isEmpty(given.selector) ? labels : given.selector,
    minReadySeconds: given.minReadySeconds || undefined,
  })
  const own = rc.metadata.labels
  return assignSame(rc, { spec, metadata: assignSame(rc.metadata, { labels: labels && isEmpty(own) ? labels : own }) })
}

const containers = (rc: ReplicationController) => rc.spec.template?.spec?.containers ?? []

/** v1 ReplicationController (registry/core/replicationcontroller: strategy.go). */
export const replicationControllerKind = defineKind<ReplicationController>('', 'v1', 'ReplicationController', {
  name: isLongName,
  generation: true,
  defaults,
  prepareCreate: (rc) => ({ ...rc, status: { replicas: 0 } }),
  validate: validateReplicationController,
  validateStatusUpdate: validateReplicationControllerStatus,
  warnings: replicationControllerWarnings,
  columns: [
    nameColumn,
    countColumn('Desired', (rc) => rc.spec.replicas ?? 0),
    countColumn('Current', (rc) => rc.status?.replicas ?? 0),
    countColumn('Ready', (rc) => rc.status?.readyReplicas ?? 0),
    ageColumn,
    textColumn('Containers', (rc) => containers(rc).map((c) => c.name).join(','), 1),
    textColumn('Images', (rc) => containers(rc).map((c) => c.image ?? '').join(','), 1),
    textColumn('Selector', (rc) => formatLabels(rc.spec.selector), 1),
  ],
  selectableFields: (rc) => ({ 'status.replicas': String(rc.status?.replicas ?? 0) }),
})
