import { assignSame, mapSame } from '../../api/share.ts'
import { isDns1123Label } from '../../api/names.ts'
import { ageColumn, defineKind, formatLabels, nameColumn, textColumn } from '../define.ts'
import { serviceColumns } from './columns.ts'
import { isExternallyAccessible, mayHaveNodePorts } from './needs.ts'
import { dropTypeDependent } from './prepare.ts'
import type { Service, ServiceSpec } from './service.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './validate.ts'
import { serviceWarnings } from './warnings.ts'

function defaultSpec(spec: ServiceSpec): ServiceSpec {
  const type = spec.type || 'ClusterIP'
  const affinity = spec.sessionAffinity || 'None'
  const config = affinity === 'None' ? undefined : affinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined ? { clientIP: { timeoutSeconds: 10_800 } } : spec.sessionAffinityConfig
  const ports = mapSame(spec.ports, (p) => assignSame(p, { protocol: p.protocol || 'TCP', targetPort: p.targetPort || p.port }))
  const withType = assignSame(spec, { type, sessionAffinity: affinity, sessionAffinityConfig: config, ports })
  return assignSame(withType, {
    externalTrafficPolicy: withType.externalTrafficPolicy || (isExternallyAccessible(withType) ? 'Cluster' : undefined),
    internalTrafficPolicy: withType.internalTrafficPolicy ?? (mayHaveNodePorts(withType) || type === 'ClusterIP' ? 'Cluster' : undefined),
    allocateLoadBalancerNodePorts: withType.allocateLoadBalancerNodePorts ?? (type === 'LoadBalancer' ? true : undefined),
  })
}

/** Addresses that load balancers write are virtual ones unless they say otherwise. */
function defaultStatus({ spec, status }: Service): Service['status'] {
  const ingress = status?.loadBalancer?.ingress
  if (spec?.type !== 'LoadBalancer' || !ingress?.some((i) => i.ip && i.ipMode === undefined)) return status
  return { ...status, loadBalancer: { ...status!.loadBalancer, ingress: mapSame(ingress, (i) => assignSame(i, { ipMode: i.ipMode ?? (i.ip ? 'VIP' : undefined) })) } }
}

/** v1 Service (registry/core/service: strategy.go). Addresses and node ports are given by the API server. */
export const serviceKind = defineKind<Service>('', 'v1', 'Service', {
  createsOnUpdate: true,
  name: isDns1123Label,
  defaults: (s) => assignSame(s, { spec: defaultSpec(s.spec ?? {}), status: defaultStatus(s) }),
  prepareCreate: (s) => ({ ...s, status: { loadBalancer: {} } }),
  prepareUpdate: dropTypeDependent,
  validate: (s) => validateService(s),
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  columns: [nameColumn, ...serviceColumns, ageColumn, textColumn('Selector', (s) => formatLabels(s.spec.selector), 1)],
  selectableFields: (s) => ({ 'spec.clusterIP': s.spec?.clusterIP ?? '', 'spec.type': s.spec?.type ?? '' }),
})
