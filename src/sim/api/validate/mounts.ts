import { at, child, forbiddenField, invalidValue, notFoundValue, notSupported, required, type Path } from '../field.ts'
import type { Container, VolumeDevice, VolumeMount } from '../container.ts'
import type { Volume } from '../volume.ts'
import { descendingPath, noBacksteps } from './paths.ts'
import { Seen, type Errors } from './simple.ts'

export type VolumeMap = ReadonlyMap<string, Volume>

function propagation(m: VolumeMount, c: Container, path: Path, out: Errors): void {
  const mode = m.mountPropagation
  if (mode === undefined) return
  const valid = ['Bidirectional', 'HostToContainer', 'None']
  if (!valid.includes(mode)) out.push(notSupported(path, mode, valid))
  if (mode === 'Bidirectional' && c.securityContext?.privileged !== true) {
    out.push(forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers'))
  }
}

function recursiveReadOnly(m: VolumeMount, path: Path, out: Errors): void {
  const mode = m.recursiveReadOnly
  if (mode === undefined || mode === 'Disabled') return
  if (mode !== 'Enabled' && mode !== 'IfPossible') return void out.push(notSupported(path, mode, ['Disabled', 'Enabled', 'IfPossible']))
  if (!m.readOnly) out.push(forbiddenField(path, 'may only be specified when readOnly is true'))
  if (m.mountPropagation !== undefined && m.mountPropagation !== 'None') out.push(forbiddenField(path, 'may only be specified when mountPropagation is None or not specified'))
}

/** core/validation: ValidateVolumeMounts. Some paths lack the index, as in Kubernetes. */
export function volumeMounts(c: Container, volumes: VolumeMap, path: Path, out: Errors): void {
  if (!c.volumeMounts) return
  const seen = new Seen()
  const devices = c.volumeDevices ?? []
  c.volumeMounts.forEach((m, i) => {
    const here = at(path, i)
    if (!m.name) out.push(required(child(here, 'name')))
    if (!volumes.has(m.name)) out.push(notFoundValue(child(here, 'name'), m.name))
    if (!m.mountPath) out.push(required(child(here, 'mountPath')))
    if (seen.has(m.mountPath)) out.push(invalidValue(child(here, 'mountPath'), m.mountPath, 'must be unique'))
    seen.add(m.mountPath)
    if (devices.some((d) => d.name === m.name)) out.push(invalidValue(child(here, 'name'), m.name, 'must not already exist in volumeDevices'))
    if (devices.some((d) => d.devicePath === m.mountPath)) out.push(invalidValue(child(here, 'mountPath'), m.mountPath, 'must not already exist as a path in volumeDevices'))
    if (m.subPath) descendingPath(m.subPath, child(path, 'subPath'), out)
    if (m.subPathExpr) {
      if (m.subPath) out.push(invalidValue(child(here, 'subPathExpr'), m.subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      descendingPath(m.subPathExpr, child(path, 'subPathExpr'), out)
    }
    propagation(m, c, child(path, 'mountPropagation'), out)
    recursiveReadOnly(m, child(path, 'recursiveReadOnly'), out)
  })
}

/** core/validation: ValidateVolumeDevices. */
export function volumeDevices(devices: readonly VolumeDevice[] | undefined, mounts: readonly VolumeMount[], volumes: VolumeMap, path: Path, out: Errors): void {
  if (!devices) return
  const paths = new Seen()
  const names = new Seen()
  devices.forEach((d, i) => {
    const here = at(path, i)
    const name = child(here, 'name')
    const devicePath = child(here, 'devicePath')
    const volume = volumes.get(d.name)
    if (!d.name) out.push(required(name))
    if (names.has(d.name)) out.push(invalidValue(name, d.name, 'must be unique'))
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      out.push(invalidValue(name, d.name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'))
    }
    if (!volume) out.push(notFoundValue(name, d.name))
    if (!d.devicePath) out.push(required(devicePath))
    if (paths.has(d.devicePath)) out.push(invalidValue(devicePath, d.devicePath, 'must be unique'))
    const climbs: Errors = []
    noBacksteps(d.devicePath, devicePath, climbs)
    if (climbs.length) out.push(invalidValue(devicePath, d.devicePath, "can not contain backsteps ('..')"))
    else paths.add(d.devicePath)
    if (mounts.some((m) => m.name === d.name)) out.push(invalidValue(name, d.name, 'must not already exist in volumeMounts'))
    if (mounts.some((m) => m.mountPath === d.devicePath)) out.push(invalidValue(devicePath, d.devicePath, 'must not already exist as a path in volumeMounts'))
    if (d.name) names.add(d.name)
  })
}
