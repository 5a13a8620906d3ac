import { textColumn } from '../define.ts'
import type { Column } from '../definition.ts'
import type { Service, ServicePort } from './service.ts'

/** "80:30080/TCP,443/TCP" (printers: makePortString). */
export const portsText = (ports: readonly ServicePort[] | undefined): string =>
  (ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? ''}`).join(',')

const loadBalancer = (s: Service): string => [...new Set((s.status?.loadBalancer?.ingress ?? []).map((i) => i.ip || i.hostname || '').filter(Boolean))].sort().join(',')

/** The EXTERNAL-IP column (printers: getServiceExternalIP). */
export function externalIp(s: Service): string {
  const external = s.spec.externalIPs ?? []
  switch (s.spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>'
    case 'LoadBalancer': {
      const lb = loadBalancer(s)
      return [...(lb ? [lb] : []), ...external].join(',') || '<pending>'
    }
    case 'ExternalName':
      return s.spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

export const serviceColumns: readonly Column<Service>[] = [
  textColumn('Type', (s) => s.spec.type ?? ''),
  textColumn('Cluster-IP', (s) => s.spec.clusterIPs?.[0] ?? '<none>'),
  textColumn('External-IP', externalIp),
  textColumn('Port(s)', (s) => portsText(s.spec.ports) || '<none>'),
]
