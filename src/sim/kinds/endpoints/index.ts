import { assignSame, mapSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { Endpoints } from './endpoints.ts'
import { endpointsWarnings, validateEndpoints, validateEndpointsUpdate } from './validate.ts'

/** At most three of "10.0.0.1:80,10.0.0.2:80 + 4 more..." (printers: formatEndpoints). */
function endpointsText(e: Endpoints): string {
  const subsets = e.subsets ?? []
  if (subsets.length === 0) return '<none>'
  const all: string[] = []
  for (const s of subsets) {
    const ports = s.ports ?? []
    const hosts = (s.addresses ?? []).map((a) => a.ip)
    if (ports.length === 0) all.push(...hosts)
    for (const p of ports) for (const ip of hosts) all.push(ip.includes(':') ? `[${ip}]:${p.port}` : `${ip}:${p.port}`)
  }
  const shown = all.slice(0, 3).join(',')
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown
}

/** v1 Endpoints, deprecated since 1.33 and still served (registry/core/endpoint: strategy.go). */
export const endpointsKind = defineKind<Endpoints>('', 'v1', 'Endpoints', {
  rechecksMeta: true,
  createsOnUpdate: true,
  defaults: (e) =>
    assignSame(e, { subsets: mapSame(e.subsets, (s) => assignSame(s, { ports: mapSame(s.ports, (p) => (p.protocol ? p : { ...p, protocol: 'TCP' })) })) }),
  validate: validateEndpoints,
  validateUpdate: validateEndpointsUpdate,
  warnings: endpointsWarnings,
  columns: [nameColumn, textColumn('Endpoints', endpointsText), ageColumn],
})
