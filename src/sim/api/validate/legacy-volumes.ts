import { at, child, invalidValue, notSupported, required, type Path } from '../field.ts'
import { isDns1123Label, mustBeBetween } from '../names.ts'
import type { AzureDiskVolumeSource, FCVolumeSource, ISCSIVolumeSource, StorageOSVolumeSource, Volume } from '../volume.ts'
import { descendingPath } from './paths.ts'
import { named, type Errors } from './simple.ts'

/** Members that a source must have, and the name under which its errors stand where that differs. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  gitRepo: ['repository'], gcePersistentDisk: ['pdName'], awsElasticBlockStore: ['volumeID'], nfs: ['server', 'path'], glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'], cephfs: ['monitors'], cinder: ['volumeID'], flexVolume: ['driver'], azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'], photonPersistentDisk: ['pdID'], portworxVolume: ['volumeID'], scaleIO: ['gateway', 'system', 'volumeName'],
  azureDisk: ['diskName', 'diskURI'], iscsi: ['targetPortal'],
}
const SHOWN: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' }

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

const IQN = /^iqn\.\d{4}-\d{2}\.([a-z0-9-.]+)(:([^,;*&$|\s]+))$/
const EUI = /^eui.[0-9A-Fa-f]{16}$/
const NAA = /^naa.[0-9A-Fa-f]{16}([0-9A-Fa-f]{16})?$/

const initiatorPattern = (name: string): RegExp | undefined => (name.startsWith('iqn') ? IQN : name.startsWith('eui') ? EUI : name.startsWith('naa') ? NAA : undefined)

/** Is this no name of an iSCSI initiator? */
export const wrongInitiator = (name: string): boolean => !initiatorPattern(name)?.test(name)

function initiator(name: string, path: Path, out: Errors): void {
  const pattern = initiatorPattern(name)
  if (!pattern) out.push(invalidValue(path, name, 'must be valid format starting with iqn, eui, or naa'))
  else if (!pattern.test(name)) out.push(invalidValue(path, name, 'must be valid format'))
}

const partition = (n: number | undefined, path: Path, out: Errors): void => {
  if (n !== undefined && (n < 0 || n > 255)) out.push(invalidValue(path, n, mustBeBetween(1, 255)))
}

const unit = (n: number, path: Path, out: Errors): void => {
  if (n < 0 || n > 255) out.push(invalidValue(path, n, mustBeBetween(0, 255)))
}

function iscsi(v: Volume, s: ISCSIVolumeSource, volume: Path, path: Path, out: Errors): void {
  if (!s.iqn) out.push(required(child(path, 'iqn')))
  else initiator(s.iqn, child(path, 'iqn'), out)
  unit(s.lun, child(path, 'lun'), out)
  if ((s.chapAuthDiscovery || s.chapAuthSession) && !s.secretRef) out.push(required(child(path, 'secretRef')))
  if (s.initiatorName === undefined) return
  initiator(s.initiatorName, child(path, 'initiatorname'), out)
  if (`${v.name}:${s.targetPortal}`.length > 64) {
    out.push(invalidValue(child(volume, 'name'), v.name, 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'))
  }
}

function fc(s: FCVolumeSource, path: Path, out: Errors): void {
  const names = s.targetWWNs ?? []
  const ids = s.wwids ?? []
  if (names.length < 1 && ids.length < 1) out.push(required(child(path, 'targetWWNs'), 'must specify either targetWWNs or wwids, but not both'))
  if (names.length && ids.length) out.push(invalidValue(child(path, 'targetWWNs'), names, 'targetWWNs and wwids can not be specified simultaneously'))
  if (!names.length) return
  if (s.lun === undefined) out.push(required(child(path, 'lun'), 'lun is required if targetWWNs is specified'))
  else unit(s.lun, child(path, 'lun'), out)
}

function azureDisk(s: AzureDiskVolumeSource, path: Path, out: Errors): void {
  if (s.cachingMode && !['None', 'ReadOnly', 'ReadWrite'].includes(s.cachingMode)) out.push(notSupported(child(path, 'cachingMode'), s.cachingMode, ['None', 'ReadOnly', 'ReadWrite']))
  if (s.kind !== undefined && !['Dedicated', 'Managed', 'Shared'].includes(s.kind)) out.push(notSupported(child(path, 'kind'), s.kind, ['Dedicated', 'Managed', 'Shared']))
  const uri = s.diskURI ?? ''
  if (s.kind === 'Managed') {
    if (!uri.startsWith('/subscriptions/')) out.push(notSupported(child(path, 'diskURI'), uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']))
  } else if (s.kind !== undefined && !uri.startsWith('https://')) {
    out.push(notSupported(child(path, 'diskURI'), uri, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']))
  }
}

function storageOs(s: StorageOSVolumeSource, path: Path, out: Errors): void {
  if (!s.volumeName) out.push(required(child(path, 'volumeName')))
  else named(isDns1123Label, s.volumeName, child(path, 'volumeName'), out)
  if (s.volumeNamespace) named(isDns1123Label, s.volumeNamespace, child(path, 'volumeNamespace'), out)
  if (s.secretRef && !s.secretRef.name) out.push(required(child(path, 'secretRef.name')))
}

function quobyte(v: Volume, path: Path, out: Errors): void {
  const s = v.quobyte!
  const registry = child(path, 'registry')
  const words = 'must be a host:port pair or multiple pairs separated by commas'
  if (!s.registry) out.push(required(registry, words))
  else if ((s.tenant ?? '').length >= 65) out.push(required(child(path, 'tenant'), 'must be a UUID and may not exceed a length of 64 characters'))
  else for (const pair of s.registry.split(',')) if (!/^[^:]*:[^:]*$/.test(pair)) out.push(invalidValue(registry, s.registry, words))
  if (!s.volume) out.push(required(child(path, 'volume')))
}

function flocker(v: Volume, path: Path, out: Errors): void {
  const s = v.flocker!
  if (!s.datasetName && !s.datasetUUID) out.push(required(path, 'one of datasetName and datasetUUID is required'))
  if (s.datasetName && s.datasetUUID) out.push(invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  if (s.datasetName?.includes('/')) out.push(invalidValue(child(path, 'datasetName'), s.datasetName, "must not contain '/'"))
}

function flexOptions(v: Volume, path: Path, out: Errors): void {
  for (const key of Object.keys(v.flexVolume!.options ?? {}).sort()) {
    const domain = `.${(key.includes('/') ? key.slice(0, key.indexOf('/')) : key).toLowerCase()}`
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) {
      out.push(invalidValue(at(child(path, 'options'), key), key, 'kubernetes.io and k8s.io namespaces are reserved'))
    }
  }
}

/** Sources of in-tree drivers that are gone or deprecated, and NFS: still checked as Kubernetes checks them. */
export function legacySources(v: Volume, kind: string, volume: Path, out: Errors): void {
  const path = child(volume, SHOWN[kind] ?? kind)
  const value = (v as unknown as Record<string, Record<string, unknown>>)[kind]!
  for (const name of REQUIRED[kind] ?? []) if (isMissing(value[name])) out.push(required(child(path, name)))
  switch (kind) {
    case 'gitRepo':
      return descendingPath(v.gitRepo!.directory ?? '', child(path, 'directory'), out)
    case 'gcePersistentDisk':
    case 'awsElasticBlockStore':
      return partition(value['partition'] as number | undefined, child(path, 'partition'), out)
    case 'nfs':
      if (!v.nfs!.path?.startsWith('/')) out.push(invalidValue(child(path, 'path'), v.nfs!.path ?? '', 'must be an absolute path'))
      break
    case 'iscsi':
      return iscsi(v, v.iscsi!, volume, path, out)
    case 'fc':
      return fc(v.fc!, path, out)
    case 'cinder':
      if (v.cinder!.secretRef && !v.cinder!.secretRef.name) out.push(required(child(path, 'secretRef.name')))
      break
    case 'azureDisk':
      return azureDisk(v.azureDisk!, path, out)
    case 'storageos':
      return storageOs(v.storageos!, path, out)
    case 'quobyte':
      return quobyte(v, path, out)
    case 'flocker':
      return flocker(v, path, out)
    case 'flexVolume':
      return flexOptions(v, path, out)
    default:
  }
}
