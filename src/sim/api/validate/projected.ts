import { at, child, forbiddenField, invalidValue, notSupported, required, type Path } from '../field.ts'
import { validateLabelSelector } from '../labels.ts'
import { isDns1123Subdomain } from '../names.ts'
import type { ClusterTrustBundleProjection, KeyToPath, PodCertificateProjection, ProjectedVolumeSource, VolumeProjection } from '../volume.ts'
import { fileMode, nonReservedPath } from './paths.ts'
import { signerName } from './signer-name.ts'
import type { Errors } from './simple.ts'
import { downwardFile, keyToPath } from './volume-files.ts'

function keyed(name: string | undefined, items: readonly KeyToPath[] | undefined, paths: Set<string>, volume: Path, here: Path, out: Errors): void {
  if (!name) out.push(required(child(here, 'name')))
  items?.forEach((k, i) => {
    keyToPath(k, at(child(here, 'items'), i), out)
    if (!k.path) return
    if (paths.has(k.path)) out.push(invalidValue(volume, name ?? '', 'conflicting duplicate paths'))
    paths.add(k.path)
  })
}

function claim(path: string, paths: Set<string>, volume: Path, out: Errors): void {
  if (paths.has(path)) out.push(invalidValue(volume, path, 'conflicting duplicate paths'))
  paths.add(path)
}

function trustBundle(b: ClusterTrustBundleProjection, paths: Set<string>, volume: Path, here: Path, out: Errors): void {
  if (b.name !== undefined && b.signerName !== undefined) out.push(invalidValue(here, goBundle(b), 'only one of name and signerName may be used'))
  else if (b.name !== undefined) {
    if (b.name === '') out.push(required(child(here, 'name'), 'must be a valid object name'))
    for (const m of isDns1123Subdomain(b.name)) out.push(invalidValue(child(here, 'name'), b.name, `not a valid clustertrustbundlename: ${m}`))
    if (b.labelSelector) out.push(invalidValue(child(here, 'labelSelector'), b.labelSelector, 'labelSelector must be unset if name is specified'))
  } else if (b.signerName !== undefined) {
    if (b.signerName === '') out.push(required(child(here, 'signerName'), 'must be a valid signer name'))
    signerName(b.signerName, child(here, 'signerName'), out)
    out.push(...validateLabelSelector(b.labelSelector, child(here, 'labelSelector')))
  } else out.push(required(here, 'either name or signerName must be specified'))
  if (!b.path) out.push(required(child(here, 'path')))
  nonReservedPath(b.path ?? '', child(here, 'path'), out)
  claim(b.path ?? '', paths, volume, out)
}

const goBundle = (b: ClusterTrustBundleProjection): unknown => ({
  Name: b.name ?? null, SignerName: b.signerName ?? null, LabelSelector: b.labelSelector ?? null, Optional: b.optional ?? null, Path: b.path,
})

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']

function certificate(c: PodCertificateProjection, paths: Set<string>, volume: Path, here: Path, out: Errors): void {
  signerName(c.signerName, child(here, 'signerName'), out)
  if (!KEY_TYPES.includes(c.keyType)) out.push(notSupported(child(here, 'keyType'), c.keyType, KEY_TYPES))
  const seconds = c.maxExpirationSeconds
  const max = c.signerName.startsWith('kubernetes.io/') ? 86_400 : 7_862_400
  if (seconds !== undefined && seconds < 3600) out.push(invalidValue(child(here, 'maxExpirationSeconds'), seconds, 'if provided, maxExpirationSeconds must be >= 3600'))
  if (seconds !== undefined && seconds > max) out.push(invalidValue(child(here, 'maxExpirationSeconds'), seconds, `if provided, maxExpirationSeconds must be <= ${max}`))
  let found = 0
  for (const key of ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const) {
    const path = c[key]
    if (!path) continue
    found++
    nonReservedPath(path, child(here, key), out)
    claim(path, paths, volume, out)
  }
  if (found === 0) out.push(required(here, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'))
}

function source(s: VolumeProjection, paths: Set<string>, volume: Path, path: Path, out: Errors): void {
  let sources = 0
  if (s.secret) sources++, keyed(s.secret.name, s.secret.items, paths, volume, child(path, 'secret'), out)
  if (s.configMap) sources++, keyed(s.configMap.name, s.configMap.items, paths, volume, child(path, 'configMap'), out)
  if (s.downwardAPI) {
    sources++
    for (const f of s.downwardAPI.items ?? []) {
      downwardFile(f, child(path, 'downwardAPI'), out)
      if (f.path) claim(f.path, paths, volume, out)
    }
  }
  const token = s.serviceAccountToken
  if (token) {
    sources++
    const expires = child(path, 'serviceAccountToken.expirationSeconds')
    const seconds = token.expirationSeconds ?? 0
    if (seconds < 600) out.push(invalidValue(expires, seconds, 'may not specify a duration less than 10 minutes'))
    if (seconds > 4_294_967_296) out.push(invalidValue(expires, seconds, 'may not specify a duration larger than 2^32 seconds'))
    if (!token.path) out.push(required(child(volume, 'path')))
    else nonReservedPath(token.path, child(volume, 'path'), out)
  }
  if (s.clusterTrustBundle) sources++, trustBundle(s.clusterTrustBundle, paths, volume, child(path, 'clusterTrustBundle'), out)
  if (s.podCertificate) sources++, certificate(s.podCertificate, paths, volume, child(path, 'podCertificate'), out)
  if (sources > 1) out.push(forbiddenField(path, 'may not specify more than 1 volume type per source'))
}

/** core/validation: validateProjectedVolumeSource. */
export function projected(p: ProjectedVolumeSource, path: Path, out: Errors): void {
  fileMode(p.defaultMode, child(path, 'defaultMode'), out)
  const paths = new Set<string>()
  p.sources?.forEach((s, i) => source(s, paths, path, at(child(path, 'sources'), i), out))
}
