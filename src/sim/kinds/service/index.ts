import { assignSame, mapSame } from '../../api/share.ts'
import { isDns1123Label } from '../../api/names.ts'
import { ageColumn, defineKind, formatLabels, nameColumn, textColumn } from '../define.ts'
import { serviceColumns } from './columns.ts'
import { dropTypeDependent } from './prepare.ts'
import type { Service, ServiceSpec } from './service.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './validate.ts'
import { serviceWarnings } from './warnings.ts'

const externallyAccessible = (s: ServiceSpec): boolean =>
  s.type === 'LoadBalancer' || s.type === 'NodePort' || (s.type === 'ClusterIP' && (s.externalIPs ?? []).length > 0)

function defaultSpec(spec: ServiceSpec): ServiceSpec {
  const type = spec.type || 'ClusterIP'
  const affinity = spec.sessionAffinity || 'None'
  const config = affinity === 'None' ? undefined : affinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined ? { clientIP: { timeoutSeconds: 10_800 } } : spec.sessionAffinityConfig
  const ports = mapSame(spec.ports, (p) => assignSame(p, { protocol: p.protocol || 'TCP', targetPort: p.targetPort || p.port }))
  const withType = assignSame(spec, { type, sessionAffinity: affinity, sessionAffinityConfig: config, ports })
  return assignSame(withType, {
    externalTrafficPolicy: withType.externalTrafficPolicy || (externallyAccessible(withType) ? 'Cluster' : undefined),
    internalTrafficPolicy: withType.internalTrafficPolicy ?? (type === 'ExternalName' ? undefined : 'Cluster'),
    allocateLoadBalancerNodePorts: withType.allocateLoadBalancerNodePorts ?? (type === 'LoadBalancer' ? true : undefined),
  })
}

/** v1 Service (registry/core/service: strategy.go). Addresses and node ports are given by the API server. */
export const serviceKind = defineKind<Service>('', 'v1', 'Service', {
  createsOnUpdate: true,
  name: isDns1123Label,
  defaults: (s) => assignSame(s, { spec: defaultSpec(s.spec ?? {}) }),
  prepareCreate: (s) => ({ ...s, status: { loadBalancer: {} } }),
  prepareUpdate: dropTypeDependent,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  columns: [nameColumn, ...serviceColumns, ageColumn, textColumn('Selector', (s) => formatLabels(s.spec.selector), 1)],
  selectableFields: (s) => ({ 'spec.clusterIP': s.spec?.clusterIP ?? '', 'spec.type': s.spec?.type ?? '' }),
})
