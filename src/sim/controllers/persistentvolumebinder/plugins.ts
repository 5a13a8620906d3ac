import { isInTreeName, pluginOf } from '../../client/storage/in-tree.ts'
import { MIGRATED_TO, PROVISIONED_BY, type PersistentVolume } from '../../client/storage/objects.ts'

const HOST_PATH = 'kubernetes.io/host-path'
const NFS = 'kubernetes.io/nfs'
/** The plugins that the controller manager loads for volumes because they can provision, delete or recycle. */
const LOADED = [HOST_PATH, NFS]

/** What to do when a plugin is asked for: nothing (somebody else does it), that plugin, or the error. */
export type Found = 'external' | { readonly plugin: string } | { readonly error: string }

/** Who makes volumes for a class's provisioner (findProvisionablePlugin). */
export function provisionerOf(name: string): Found {
  if (name === HOST_PATH) return { plugin: name }
  if (LOADED.includes(name)) return { error: 'no provisionable volume plugin matched' }
  return isInTreeName(name) ? { error: `no volume plugin matched name: ${name}` } : 'external'
}

/** Who deletes the storage of a volume (findDeletablePlugin). */
export function deleterOf({ metadata, spec }: PersistentVolume): Found {
  const by = metadata.annotations?.[PROVISIONED_BY]
  if (by) return byName(by)
  if (metadata.annotations?.[MIGRATED_TO] !== undefined || spec.csi) return 'external'
  const plugin = pluginOf(spec)
  const error = plugin === HOST_PATH ? undefined : LOADED.includes(plugin) ? 'no deletable volume plugin matched' : 'no volume plugin matched'
  return error === undefined ? { plugin } : { error: `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: ${error}` }
}

function byName(name: string): Found {
  if (name === HOST_PATH) return { plugin: name }
  if (!isInTreeName(name)) return 'external'
  return { error: LOADED.includes(name) ? 'no deletable volume plugin matched' : `no volume plugin matched name: ${name}` }
}

export const canRecycle = ({ spec }: PersistentVolume): boolean => LOADED.includes(pluginOf(spec))

/** What the host-path plugin says to deleting a directory; undefined when it does it (pkg/volume/hostpath, host_path.go). */
export function deleteHostPath({ spec }: PersistentVolume): string | undefined {
  const path = spec.hostPath?.path ?? ''
  return /\/tmp\/.+/.test(path) ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${path}`
}
