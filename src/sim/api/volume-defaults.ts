import { defaultPullPolicy } from './image-name.ts'
import { assignSame, mapSame } from './share.ts'
import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from './volume.ts'

const EMPTY = Object.freeze({})

function defaultFile(f: DownwardAPIVolumeFile): DownwardAPIVolumeFile {
  let next = f
  if (f.fieldRef && !f.fieldRef.apiVersion) next = { ...next, fieldRef: { ...f.fieldRef, apiVersion: 'v1' } }
  if (f.resourceFieldRef && f.resourceFieldRef.divisor === undefined) next = { ...next, resourceFieldRef: { ...f.resourceFieldRef, divisor: '0' } }
  return next
}

/** Sources behind gates that are off by default are dropped (pkg/api/pod: DropDisabledPodFields). */
function withoutDisabled(p: VolumeProjection): VolumeProjection {
  if (!p.clusterTrustBundle && !p.podCertificate) return p
  const { clusterTrustBundle: _bundle, podCertificate: _certificate, ...rest } = p
  return rest
}

function defaultProjection(given: VolumeProjection): VolumeProjection {
  const p = withoutDisabled(given)
  let next = p
  if (p.serviceAccountToken && p.serviceAccountToken.expirationSeconds === undefined) {
    next = { ...next, serviceAccountToken: { ...p.serviceAccountToken, expirationSeconds: 3600 } }
  }
  if (p.downwardAPI) {
    const items = mapSame(p.downwardAPI.items, defaultFile)
    if (items !== p.downwardAPI.items) next = { ...next, downwardAPI: { ...p.downwardAPI, items } }
  }
  return next
}

/** Sources whose defaults are plain values: [source, its defaults] (zz_generated.defaults.go and defaults.go). */
const PLAIN: readonly (readonly [keyof Volume, Readonly<Record<string, string | number | boolean>>])[] = [
  ['configMap', { defaultMode: 420 }],
  ['secret', { defaultMode: 420 }],
  ['downwardAPI', { defaultMode: 420 }],
  ['projected', { defaultMode: 420 }],
  ['hostPath', { type: '' }],
  ['iscsi', { iscsiInterface: 'default' }],
  ['rbd', { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }],
  ['azureDisk', { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }],
  ['scaleIO', { storageMode: 'ThinProvisioned', fsType: 'xfs' }],
]

/** A volume with the defaults of its source; one without a source is an emptyDir. */
export function defaultVolume(v: Volume): Volume {
  let out: Record<string, unknown> | undefined
  let sources = 0
  for (const key in v) if (key !== 'name' && v[key as keyof Volume] !== undefined) sources++
  if (sources === 0) return { ...v, emptyDir: EMPTY }
  for (const [source, defaults] of PLAIN) {
    const value = v[source] as Record<string, unknown> | undefined
    if (!value) continue
    for (const key in defaults) {
      const have = ((out?.[source] as Record<string, unknown> | undefined) ?? value)[key]
      if (have !== undefined && !(have === '' && typeof defaults[key] === 'string' && source !== 'azureDisk')) continue
      if (have === defaults[key]) continue
      out ??= { ...v }
      out[source] = { ...(out[source] as object), [key]: defaults[key] }
    }
  }
  return special((out as unknown as Volume | undefined) ?? v)
}

function special(v: Volume): Volume {
  let next = v
  if (v.downwardAPI) {
    const items = mapSame(v.downwardAPI.items, defaultFile)
    if (items !== v.downwardAPI.items) next = { ...next, downwardAPI: { ...v.downwardAPI, items } }
  }
  if (v.projected) {
    const sources = mapSame(v.projected.sources, defaultProjection)
    if (sources !== v.projected.sources) next = { ...next, projected: { ...v.projected, sources } }
  }
  if (v.image && !v.image.pullPolicy) next = { ...next, image: { ...v.image, pullPolicy: defaultPullPolicy(v.image.reference ?? '') } }
  const claim = v.ephemeral?.volumeClaimTemplate
  if (claim && claim.spec && !claim.spec.volumeMode) {
    const spec = assignSame(claim.spec, { volumeMode: 'Filesystem' as const })
    next = { ...next, ephemeral: { ...v.ephemeral, volumeClaimTemplate: { ...claim, spec } } }
  }
  return next
}
