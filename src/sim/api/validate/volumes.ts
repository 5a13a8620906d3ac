import { at, child, duplicate, forbiddenField, invalidValue, notSupported, required, tooLong, type Path } from '../field.ts'
import { isDns1123Label, isDns1123Subdomain } from '../names.ts'
import { isNegativeQuantity } from '../quantity.ts'
import type { CSIVolumeSource, HostPathVolumeSource, KeyToPath, Volume } from '../volume.ts'
import { claimSpec } from './claim-spec.ts'
import { legacySources } from './legacy-volumes.ts'
import type { VolumeMap } from './mounts.ts'
import { fileMode, noBacksteps } from './paths.ts'
import { projected } from './projected.ts'
import { named, type Errors } from './simple.ts'
import { downwardFile, keyToPath } from './volume-files.ts'

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

/** core/validation: validateHostPathVolumeSource. */
export function hostPath(h: HostPathVolumeSource, path: Path, out: Errors): void {
  if (!h.path) return void out.push(required(child(path, 'path')))
  noBacksteps(h.path, child(path, 'path'), out)
  if (h.type !== undefined && !HOST_PATH_TYPES.includes(h.type)) out.push(notSupported(child(path, 'type'), h.type, HOST_PATH_TYPES))
}

function keyed(name: string | undefined, nameField: string, mode: number | undefined, items: readonly KeyToPath[] | undefined, path: Path, out: Errors): void {
  if (!name) out.push(required(child(path, nameField)))
  fileMode(mode, child(path, 'defaultMode'), out)
  items?.forEach((k, i) => keyToPath(k, at(child(path, 'items'), i), out))
}

function csi(c: CSIVolumeSource, path: Path, out: Errors): void {
  const driver = child(path, 'driver')
  if (!c.driver) out.push(required(driver))
  else {
    if (c.driver.length > 63) out.push(tooLong(driver, 63))
    for (const m of isDns1123Subdomain(c.driver.toLowerCase())) out.push(invalidValue(driver, c.driver, m))
  }
  if (!c.nodePublishSecretRef) return
  const { name } = c.nodePublishSecretRef
  if (!name) out.push(required(child(path, 'nodePublishSecretRef.name')))
  else named(isDns1123Subdomain, name, child(path, 'name'), out)
}

/** In the order in which Kubernetes looks at the sources of a volume; a second source is refused at its own name. */
const ORDER = [
  'emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi', 'glusterfs', 'flocker', 'persistentVolumeClaim',
  'rbd', 'cinder', 'cephfs', 'quobyte', 'downwardAPI', 'fc', 'flexVolume', 'configMap', 'azureFile', 'vsphereVolume', 'photonPersistentDisk',
  'portworxVolume', 'azureDisk', 'storageos', 'projected', 'scaleIO', 'csi', 'ephemeral', 'image',
] as const
type Source = (typeof ORDER)[number]
const SPELLED: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

function source(v: Volume, kind: Source, podName: string, isPod: boolean, path: Path, out: Errors): void {
  const here = child(path, kind)
  switch (kind) {
    case 'emptyDir': {
      const limit = v.emptyDir!.sizeLimit
      if (limit !== undefined && isNegativeQuantity(limit)) out.push(forbiddenField(child(here, 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'))
      break
    }
    case 'hostPath':
      return hostPath(v.hostPath!, here, out)
    case 'secret':
      return keyed(v.secret!.secretName, 'secretName', v.secret!.defaultMode, v.secret!.items, here, out)
    case 'configMap':
      return keyed(v.configMap!.name, 'name', v.configMap!.defaultMode, v.configMap!.items, here, out)
    case 'persistentVolumeClaim':
      if (!v.persistentVolumeClaim!.claimName) out.push(required(child(here, 'claimName')))
      break
    case 'downwardAPI':
      fileMode(v.downwardAPI!.defaultMode, child(here, 'defaultMode'), out)
      for (const f of v.downwardAPI!.items ?? []) downwardFile(f, here, out)
      break
    case 'projected':
      return projected(v.projected!, here, out)
    case 'csi':
      return csi(v.csi!, here, out)
    case 'ephemeral': {
      const template = v.ephemeral!.volumeClaimTemplate
      if (!template) out.push(required(child(here, 'volumeClaimTemplate')))
      else claimSpec(template.spec, child(here, 'volumeClaimTemplate.spec'), out)
      if (podName && v.name) {
        const claim = `${podName}-${v.name}`
        for (const m of isDns1123Subdomain(claim)) out.push(invalidValue(child(path, 'name'), v.name, `PVC name ${JSON.stringify(claim)}: ${m}`))
      }
      break
    }
    case 'image': {
      const policy = v.image!.pullPolicy ?? ''
      if (isPod && !v.image!.reference) out.push(required(child(here, 'reference')))
      if (!['Always', 'IfNotPresent', 'Never'].includes(policy)) out.push(policy ? notSupported(child(here, 'pullPolicy'), policy, ['Always', 'IfNotPresent', 'Never']) : required(child(here, 'pullPolicy')))
      break
    }
    default:
      legacySources(v, kind, path, out)
  }
}

const KINDS: ReadonlySet<string> = new Set(ORDER)

/** The only source of a volume, which is what all sound volumes have. */
function single(v: Volume): Source | undefined {
  let found: string | undefined
  for (const key in v) {
    if (key === 'name' || v[key as keyof Volume] === undefined) continue
    if (found !== undefined) return undefined
    found = key
  }
  return found !== undefined && KINDS.has(found) ? (found as Source) : undefined
}

function one(v: Volume, podName: string, isPod: boolean, path: Path, out: Errors): void {
  const only = single(v)
  if (only) return source(v, only, podName, isPod, path, out)
  let sources = 0
  for (const kind of ORDER) {
    if (v[kind] === undefined) continue
    if (sources > 0 && kind !== 'emptyDir') out.push(forbiddenField(child(path, SPELLED[kind] ?? kind), 'may not specify more than 1 volume type'))
    else source(v, kind, podName, isPod, path, out)
    sources++
  }
  if (sources === 0) out.push(required(path, 'must specify a volume type'))
}

/** core/validation: ValidateVolumes. Gives the sound volumes by name; mounts of the others are "Not found". */
export function volumes(list: readonly Volume[] | undefined, podName: string, isPod: boolean, path: Path, out: Errors): VolumeMap {
  const sound = new Map<string, Volume>()
  if (!list) return sound
  const created = new Set(podName ? list.filter((v) => v.ephemeral).map((v) => `${podName}-${v.name}`) : [])
  list.forEach((v, i) => {
    const here = at(path, i)
    const before = out.length
    one(v, podName, isPod, here, out)
    if (!v.name) out.push(required(child(here, 'name')))
    else named(isDns1123Label, v.name, child(here, 'name'), out)
    if (sound.has(v.name)) out.push(duplicate(child(here, 'name'), v.name))
    if (out.length === before) sound.set(v.name, v)
    const claim = v.persistentVolumeClaim?.claimName
    if (claim !== undefined && created.has(claim)) {
      out.push(invalidValue(child(here, 'persistentVolumeClaim.claimName'), claim, 'must not reference a PVC that gets created for an ephemeral volume'))
    }
  })
  return sound
}

