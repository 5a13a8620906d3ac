import { wasSentEmpty } from '../empties.ts'
import { at, child, forbiddenField, invalidValue, notSupported, required, type Path } from '../field.ts'
import { isDns1123Subdomain } from '../names.ts'
import { PERSISTENT_SOURCES, type PersistentVolumeSpec } from '../persistent-volume.ts'
import { compareQuantities, isNegativeQuantity, value } from '../quantity.ts'
import { nodeSelector } from './affinity.ts'
import { accessModes, VOLUME_MODES } from './claim-spec.ts'
import { persistentSource, secondSource } from './persistent-source.ts'
import { named, type Errors } from './simple.ts'

const POLICIES = ['Delete', 'Recycle', 'Retain']
const INLINE = 'in the context of inline volumes'

function capacity(spec: PersistentVolumeSpec, path: Path, out: Errors): void {
  const amounts = spec.capacity ?? {}
  const names = Object.keys(amounts).sort()
  if (names.length === 0) out.push(required(path))
  if (!('storage' in amounts) || names.length > 1) {
    out.push(notSupported(path, names.length || wasSentEmpty(spec, 'capacity') ? Object.fromEntries(names.map((n) => [n, amounts[n]])) : null, ['storage']))
  }
  for (const name of names) {
    const amount = amounts[name]!
    if (isNegativeQuantity(amount)) out.push(invalidValue(at(path, name), value(amount), 'must be a valid resource quantity'))
    if (compareQuantities(amount, '0') <= 0) out.push(invalidValue(at(path, name), amount, 'must be greater than zero'))
  }
}

/** "a//b/./c/.." is "/a/b" and so on: does a path mean the root? (path.Clean) */
function isRoot(text: string): boolean {
  if (!text.startsWith('/')) return false
  let depth = 0
  for (const part of text.split('/')) {
    if (part === '..') depth = Math.max(0, depth - 1)
    else if (part !== '' && part !== '.') depth++
  }
  return depth === 0
}

function sources(spec: PersistentVolumeSpec, name: string, path: Path, hasAffinity: boolean, out: Errors): void {
  let found = 0
  for (const source of PERSISTENT_SOURCES) {
    if (spec[source] === undefined) continue
    if (found > 0 && source !== 'flexVolume') {
      out.push(secondSource(source, path))
      continue
    }
    found++
    persistentSource(spec, source, name, path, out)
    if (source === 'local' && !hasAffinity) out.push(required(child(path, 'nodeAffinity'), 'Local volume requires node affinity'))
  }
  if (found === 0) out.push(required(path, 'must specify a volume type'))
}

/** What only a volume written into a VolumeAttachment may not have. */
function inlineRules(spec: PersistentVolumeSpec, path: Path, out: Errors): void {
  if (spec.claimRef) out.push(forbiddenField(child(path, 'claimRef'), `may not be specified ${INLINE}`))
  if (Object.keys(spec.capacity ?? {}).length) out.push(forbiddenField(child(path, 'capacity'), `may not be specified ${INLINE}`))
  if (!spec.csi) out.push(required(child(path, 'csi'), `has to be specified ${INLINE}`))
}

function reclaimPolicy(spec: PersistentVolumeSpec, inline: boolean, path: Path, out: Errors): void {
  const policy = spec.persistentVolumeReclaimPolicy
  if (!policy) return
  if (inline) {
    if (policy !== 'Retain') out.push(forbiddenField(path, `may only be Retain ${INLINE}`))
  } else if (!POLICIES.includes(policy)) out.push(notSupported(path, policy, POLICIES))
}

function nodeAffinity(spec: PersistentVolumeSpec, inline: boolean, badValues: boolean, path: Path, out: Errors): void {
  const affinity = spec.nodeAffinity
  if (!affinity) return
  if (inline) out.push(forbiddenField(path, `may not be specified ${INLINE}`))
  else if (!affinity.required) out.push(required(child(path, 'required'), 'must specify required node constraints'))
  else nodeSelector(affinity.required, badValues, child(path, 'required'), out)
}

function classes(spec: PersistentVolumeSpec, inline: boolean, path: Path, out: Errors): void {
  const mode = spec.volumeMode
  if (spec.storageClassName) {
    if (inline) out.push(forbiddenField(child(path, 'storageClassName'), `may not be specified ${INLINE}`))
    else named(isDns1123Subdomain, spec.storageClassName, child(path, 'storageClassName'), out)
  }
  if (mode !== undefined) {
    if (!inline && !VOLUME_MODES.includes(mode)) out.push(notSupported(child(path, 'volumeMode'), mode, VOLUME_MODES))
    if (inline && mode !== 'Filesystem') out.push(forbiddenField(child(path, 'volumeMode'), `may not specify volumeMode other than Filesystem ${INLINE}`))
  }
  const attributes = spec.volumeAttributesClassName
  if (attributes === undefined || inline) return
  if (!attributes) out.push(required(child(path, 'volumeAttributesClassName'), 'an empty string is disallowed'))
  else named(isDns1123Subdomain, attributes, child(path, 'volumeAttributesClassName'), out)
  if (!spec.csi) out.push(required(child(path, 'csi'), 'has to be specified when using volumeAttributesClassName'))
}

export interface PersistentSpecOptions {
  /** The name of the volume, which some sources look at. */
  readonly name: string
  /** The volume stands in a VolumeAttachment. */
  readonly inline?: boolean
  /** The stored object has such values already. */
  readonly badAffinityValues?: boolean
}

/** core/validation: ValidatePersistentVolumeSpec. */
export function persistentVolumeSpec(spec: PersistentVolumeSpec, path: Path, options: PersistentSpecOptions, out: Errors): void {
  const inline = options.inline ?? false
  if (inline) inlineRules(spec, path, out)
  if (!spec.accessModes?.length) out.push(required(child(path, 'accessModes')))
  accessModes(spec.accessModes, child(path, 'accessModes'), out)
  if (!inline) capacity(spec, child(path, 'capacity'), out)
  reclaimPolicy(spec, inline, child(path, 'persistentVolumeReclaimPolicy'), out)
  nodeAffinity(spec, inline, options.badAffinityValues ?? false, child(path, 'nodeAffinity'), out)
  sources(spec, options.name, path, spec.nodeAffinity !== undefined && !inline, out)
  if (spec.hostPath && isRoot(spec.hostPath.path ?? '') && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    out.push(forbiddenField(child(path, 'persistentVolumeReclaimPolicy'), "may not be 'recycle' for a hostPath mount of '/'"))
  }
  classes(spec, inline, path, out)
}
