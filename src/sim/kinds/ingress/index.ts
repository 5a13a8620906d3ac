import { assignSame, mapSame } from '../../api/share.ts'
import { goEqual } from '../../api/go-equal.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { Ingress, IngressBackend, IngressSpec } from './ingress.ts'
import { ingressWarnings, validateIngress, validateIngressStatus, validateIngressUpdate } from './validate.ts'

/** The first three hosts (printers: formatHosts). */
function hosts(spec: IngressSpec): string {
  const rules = spec.rules ?? []
  const list: string[] = []
  let more = false
  for (const r of rules) {
    if (list.length === 3) more = true
    if (!more && r.host) list.push(r.host)
  }
  if (list.length === 0) return '*'
  return more ? `${list.join(',')} + ${rules.length - 3} more...` : list.join(',')
}

function address(ingress: Ingress): string {
  return [...new Set((ingress.status?.loadBalancer?.ingress ?? []).map((i) => i.ip || i.hostname || '').filter(Boolean))].sort().join(',')
}

/** Go writes the group of a resource even where there is none. */
const withGroup = (b: IngressBackend | undefined): IngressBackend | undefined =>
  b?.resource && b.resource.apiGroup === undefined ? { ...b, resource: { ...b.resource, apiGroup: null as unknown as string } } : b

function asPrinted(spec: IngressSpec): IngressSpec {
  const rules = mapSame(spec.rules, (r) => {
    const paths = mapSame(r.http?.paths, (p) => assignSame(p, { backend: withGroup(p.backend)! }))
    return r.http && paths !== r.http.paths ? { ...r, http: { ...r.http, paths: paths! } } : r
  })
  return assignSame(spec, { rules, defaultBackend: withGroup(spec.defaultBackend) })
}

/** networking.k8s.io/v1 Ingress (registry/networking/ingress: strategy.go). */
export const ingressKind = defineKind<Ingress>('networking.k8s.io', 'v1', 'Ingress', {
  generation: true,
  defaults: (i) => assignSame(i, { spec: asPrinted(i.spec ?? {}) }),
  prepareCreate: (i) => ({ ...i, status: { loadBalancer: {} } }),
  prepareUpdate: (i, old) => withGeneration(i, (old.metadata.generation ?? 0) + (goEqual('networking.IngressSpec', i.spec, old.spec) ? 0 : 1)),
  validate: validateIngress,
  validateUpdate: validateIngressUpdate,
  validateStatusUpdate: validateIngressStatus,
  warnings: ingressWarnings,
  columns: [
    nameColumn,
    textColumn('Class', (i) => i.spec.ingressClassName ?? '<none>'),
    textColumn('Hosts', (i) => hosts(i.spec)),
    textColumn('Address', address),
    textColumn('Ports', (i) => (i.spec.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
}, false)
