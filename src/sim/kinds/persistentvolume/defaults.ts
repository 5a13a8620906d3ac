import { carryMarks } from '../../api/empties.ts'
import { PERSISTENT_SOURCES, type PersistentVolumeSpec } from '../../api/persistent-volume.ts'
import { roundedUp } from '../../api/resource-defaults.ts'
import { assignSame } from '../../api/share.ts'
import type { PersistentVolume } from './persistentvolume.ts'

type Plain = Readonly<Record<string, unknown>>

/** Members of sources and what stands for an absent or, unless it is a pointer, an empty one (zz_generated.defaults.go). */
const SOURCE_DEFAULTS: Readonly<Record<string, Plain>> = {
  hostPath: { type: '' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  iscsi: { iscsiInterface: 'default' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
}

function withDefaults(source: Plain, defaults: Plain, pointers: boolean): Plain {
  let out = source
  for (const key in defaults) {
    const have = source[key]
    if (have === undefined || (!pointers && have === '' && defaults[key] !== '')) out = { ...out, [key]: defaults[key] }
  }
  return out
}

/** core/v1: SetDefaults_PersistentVolume. */
export function defaultVolume(pv: PersistentVolume): PersistentVolume {
  const given = pv.spec ?? {}
  let spec: PersistentVolumeSpec = assignSame(given, {
    persistentVolumeReclaimPolicy: given.persistentVolumeReclaimPolicy || 'Retain',
    volumeMode: given.volumeMode ?? 'Filesystem',
    capacity: roundedUp(given.capacity),
  })
  for (const name of PERSISTENT_SOURCES) {
    const defaults = SOURCE_DEFAULTS[name]
    const source = spec[name] as unknown as Plain | undefined
    if (!defaults || !source) continue
    const next = withDefaults(source, defaults, name === 'azureDisk')
    if (next !== source) spec = { ...spec, [name]: next }
  }
  carryMarks(given, spec)
  return assignSame(pv, { spec, status: pv.status?.phase ? pv.status : { ...pv.status, phase: 'Pending' } })
}
