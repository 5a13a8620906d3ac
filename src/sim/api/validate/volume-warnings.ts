import { goQuote } from '../field.ts'
import type { Volume, VolumeProjection } from '../volume.ts'

interface Mapped {
  readonly path: string
  readonly source: string
}

const show = (m: Mapped): string => (m.source ? `${goQuote(m.path)} (${m.source})` : goQuote(m.path))
const trim = (path: string): string => path.replace(/\/+$/, '')

const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

function pairs(list: readonly Mapped[]): readonly string[] {
  const out: string[] = []
  const seen: Mapped[] = []
  for (const m of list) {
    const next = { ...m, path: trim(m.path) }
    for (const other of seen) if (overlaps(next.path, other.path)) out.push(`${show(next)} with ${show(other)}`)
    seen.push(next)
  }
  return out
}

function pathsOf(s: VolumeProjection): readonly Mapped[] {
  const items = (list: readonly { readonly path: string }[] | undefined, source: string): readonly Mapped[] => (list ?? []).map((i) => ({ path: i.path, source }))
  if (s.configMap?.items) return items(s.configMap.items, `ConfigMap ${goQuote(s.configMap.name ?? '')}`)
  if (s.secret?.items) return items(s.secret.items, `Secret ${goQuote(s.secret.name ?? '')}`)
  if (s.downwardAPI?.items) return items(s.downwardAPI.items, 'DownwardAPI')
  if (s.serviceAccountToken) return [{ path: s.serviceAccountToken.path, source: 'ServiceAccountToken' }]
  if (s.clusterTrustBundle) return [{ path: s.clusterTrustBundle.path, source: `ClusterTrustBundle ${goQuote(s.clusterTrustBundle.name ?? s.clusterTrustBundle.signerName ?? '')}` }]
  if (s.podCertificate) {
    const { certificateChainPath: chain, keyPath: key, credentialBundlePath: bundle } = s.podCertificate
    return [[chain, 'chain'], [key, 'key'], [bundle, 'credential bundle']].flatMap(([path, what]) => (path ? [{ path, source: `PodCertificate ${what}` }] : []))
  }
  return []
}

/** Files of one volume that would hide each other (pkg/api/pod: warningsForOverlappingVirtualPaths). */
export function overlappingPaths(volumes: readonly Volume[], out: string[]): void {
  for (const v of volumes) {
    const warn = (what: string, list: readonly Mapped[]): void => {
      for (const pair of pairs(list)) out.push(`volume ${goQuote(v.name)} (${what}): overlapping paths: ${pair}`)
    }
    const bare = (list: readonly { readonly path: string }[] | undefined): readonly Mapped[] => (list ?? []).map((i) => ({ path: i.path, source: '' }))
    if (v.configMap) warn(`ConfigMap ${goQuote(v.configMap.name ?? '')}`, bare(v.configMap.items))
    if (v.secret) warn(`Secret ${goQuote(v.secret.secretName ?? '')}`, bare(v.secret.items))
    if (v.downwardAPI) warn('DownwardAPI', bare(v.downwardAPI.items))
    if (!v.projected || (v.projected.sources ?? []).length === 0) continue
    for (const s of v.projected.sources ?? []) if (Object.keys(s).length === 0) out.push(`volume ${goQuote(v.name)} (Projected) has no sources provided`)
    warn('Projected', (v.projected.sources ?? []).flatMap(pathsOf))
  }
}
