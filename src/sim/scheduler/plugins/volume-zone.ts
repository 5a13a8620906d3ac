import type { Cycle, FilterRun, Plugin } from '../plugin.ts'
import { unresolvable, type Rejection } from '../rejection.ts'
import { WAIT_FOR_FIRST_CONSUMER, claimNotFound, claimOf, classNotFound, classOf, storageClassOf, volumeNotFound, volumeOf, type PersistentVolume } from '../storage.ts'

const NAME = 'VolumeZone'
const CONFLICT = unresolvable(NAME, 'node(s) had no available volume zone')

/** Labels that say where a volume lies, the old spellings with their new ones. */
const LABELS: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
}

interface Topology {
  readonly key: string
  readonly values: readonly string[]
}

/** "a__b" names two zones. */
const topologies = (volume: PersistentVolume): readonly Topology[] =>
  Object.keys(LABELS).flatMap((key) => {
    const text = volume.metadata.labels?.[key]
    const values = text?.split('__').map((v) => v.trim())
    return values && values.every((v) => v !== '') ? [{ key, values }] : []
  })

function topologiesOf({ pod, objects }: Cycle): readonly Topology[] | Rejection {
  const found: Topology[] = []
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue
    const name = persistentVolumeClaim.claimName ?? ''
    const claim = claimOf(objects, pod.metadata.namespace, name)
    if (!claim) return unresolvable(NAME, claimNotFound(name))
    if (!claim.spec.volumeName) {
      const className = classOf(claim)
      if (!className) return unresolvable(NAME, 'PersistentVolumeClaim had no pv name and storageClass name')
      const cls = storageClassOf(objects, className)
      if (!cls) return unresolvable(NAME, classNotFound(className))
      if (cls.volumeBindingMode === WAIT_FOR_FIRST_CONSUMER) continue
      return unresolvable(NAME, 'PersistentVolume had no name')
    }
    const volume = volumeOf(objects, claim.spec.volumeName)
    if (!volume) return unresolvable(NAME, volumeNotFound(claim.spec.volumeName))
    found.push(...topologies(volume))
  }
  return found
}

function preFilter(cycle: Cycle): FilterRun | Rejection | undefined {
  if (!cycle.pod.spec.volumes?.length) return undefined
  const wanted = topologiesOf(cycle)
  if ('reasons' in wanted) return wanted
  if (wanted.length === 0) return undefined
  return {
    filter({ node }) {
      const labels = node.metadata.labels ?? {}
      if (!Object.keys(LABELS).some((key) => labels[key] !== undefined)) return undefined
      const reached = wanted.every(({ key, values }) => values.includes(labels[key] ?? labels[LABELS[key]!] ?? ''))
      return reached ? undefined : CONFLICT
    },
  }
}

/** Volumes that are labelled with a zone or region can be used only there (plugins/volumezone). */
export const volumeZone: Plugin = { name: NAME, preFilter }
