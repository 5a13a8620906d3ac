import { child, forbiddenField, invalidValue, required, type FieldError, type Path } from '../field.ts'
import { isDns1123Label, mustBeBetween } from '../names.ts'
import type { GlusterfsPersistentVolumeSource, ISCSIPersistentVolumeSource, PersistentSourceName, PersistentVolumeSource, SecretReference } from '../persistent-volume.ts'
import { legacySources, wrongInitiator } from './legacy-volumes.ts'
import { noBacksteps } from './paths.ts'
import { named, type Errors } from './simple.ts'
import { csiDriverName, secretReference } from './storage-names.ts'
import { hostPath } from './volumes.ts'
import type { Volume } from '../volume.ts'

/** A reference that names must be complete, but need not be well formed. */
function whole(ref: SecretReference | undefined, path: Path, out: Errors): void {
  if (!ref) return
  if (!ref.name) out.push(required(child(path, 'secretRef.name')))
  if (!ref.namespace) out.push(required(child(path, 'secretRef.namespace')))
}

/** core/validation: validateISCSIPersistentVolumeSource, whose words differ from those for pods. */
function iscsi(s: ISCSIPersistentVolumeSource, volumeName: string, path: Path, out: Errors): void {
  if (!s.targetPortal) out.push(required(child(path, 'targetPortal')))
  if (s.initiatorName !== undefined && `${volumeName}:${s.targetPortal ?? ''}`.length > 64) {
    out.push(invalidValue(child(path, 'targetportal'), s.targetPortal, 'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'))
  }
  if (!s.iqn) out.push(required(child(path, 'iqn')))
  else if (wrongInitiator(s.iqn)) out.push(invalidValue(child(path, 'iqn'), s.iqn, 'must be valid format'))
  const lun = s.lun ?? 0
  if (lun < 0 || lun > 255) out.push(invalidValue(child(path, 'lun'), lun, mustBeBetween(0, 255)))
  if ((s.chapAuthDiscovery || s.chapAuthSession) && !s.secretRef) out.push(required(child(path, 'secretRef')))
  if (s.secretRef && !s.secretRef.name) out.push(required(child(path, 'secretRef.name')))
  if (s.initiatorName !== undefined && wrongInitiator(s.initiatorName)) out.push(invalidValue(child(path, 'initiatorname'), s.initiatorName, 'must be valid format'))
}

function glusterfs(s: GlusterfsPersistentVolumeSource, path: Path, out: Errors): void {
  if (!s.endpoints) out.push(required(child(path, 'endpoints')))
  if (!s.path) out.push(required(child(path, 'path')))
  const namespace = s.endpointsNamespace
  if (namespace === undefined) return
  if (namespace === '') out.push(invalidValue(child(path, 'endpointsNamespace'), '', 'if the endpointnamespace is set, it must be a valid namespace name'))
  else named(isDns1123Label, namespace, child(path, 'endpointsNamespace'), out)
}

const CSI_SECRETS = ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const

function csi(s: NonNullable<PersistentVolumeSource['csi']>, path: Path, out: Errors): void {
  csiDriverName(s.driver, child(path, 'driver'), out)
  if (!s.volumeHandle) out.push(required(child(path, 'volumeHandle')))
  for (const name of CSI_SECRETS) if (s[name]) secretReference(s[name], child(path, name), out)
}

/** One source of a persistent volume, below the path of the spec. */
export function persistentSource(spec: PersistentVolumeSource, name: PersistentSourceName, volumeName: string, spec0: Path, out: Errors): void {
  const path = child(spec0, name)
  switch (name) {
    case 'hostPath':
      return hostPath(spec.hostPath!, path, out)
    case 'csi':
      return csi(spec.csi!, path, out)
    case 'local':
      if (!spec.local!.path) out.push(required(child(path, 'path')))
      else noBacksteps(spec.local!.path, child(path, 'path'), out)
      return
    case 'iscsi':
      return iscsi(spec.iscsi!, volumeName, path, out)
    case 'glusterfs':
      return glusterfs(spec.glusterfs!, path, out)
    case 'cinder':
      if (!spec.cinder!.volumeID) out.push(required(child(path, 'volumeID')))
      return whole(spec.cinder!.secretRef, path, out)
    case 'azureFile':
      legacySources({ azureFile: spec.azureFile } as unknown as Volume, name, spec0, out)
      if (spec.azureFile!.secretNamespace === '') out.push(required(child(path, 'secretNamespace')))
      return
    case 'storageos':
      legacySources({ storageos: { ...spec.storageos, secretRef: undefined } } as unknown as Volume, name, spec0, out)
      return whole(spec.storageos!.secretRef, path, out)
    default:
      legacySources({ [name]: spec[name] } as unknown as Volume, name, spec0, out)
  }
}

/** A second source is refused under this name. */
const SPELLED: Readonly<Record<string, string>> = { cephfs: 'cephFS' }
export const secondSource = (name: PersistentSourceName, path: Path): FieldError =>
  forbiddenField(child(path, SPELLED[name] ?? name), 'may not specify more than 1 volume type')
