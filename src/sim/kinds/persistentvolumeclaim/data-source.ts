import { assignSame } from '../../api/share.ts'
import type { PersistentVolumeClaimSpec, TypedLocalObjectReference } from '../../api/volume.ts'

/** Go writes the group of such a reference even where there is none. */
const withGroup = <T extends TypedLocalObjectReference>(s: T | undefined): T | undefined => (s && s.apiGroup === undefined ? { ...s, apiGroup: null as unknown as string } : s)

/** A claim's spec as the server decodes it. */
export const withGroups = (spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec =>
  assignSame(spec, { dataSource: withGroup(spec.dataSource), dataSourceRef: withGroup(spec.dataSourceRef) })

const isKnown = (s: TypedLocalObjectReference): boolean =>
  (s.kind === 'PersistentVolumeClaim' && !s.apiGroup) || (s.kind === 'VolumeSnapshot' && s.apiGroup === 'snapshot.storage.k8s.io')

/** dataSource and dataSourceRef say the same: either fills the other (NormalizeDataSources). */
function normalise(spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) return { ...spec, dataSourceRef: dataSource }
  if (!dataSourceRef || dataSource || dataSourceRef.namespace) return spec
  const { namespace: _empty, ...local } = dataSourceRef
  return { ...spec, dataSource: local }
}

/**
 * What the strategy does with data sources (pkg/api/persistentvolumeclaim): a reference into another namespace is behind
 * a closed gate, unknown kinds in the old field are dropped without a word, and the two fields are made the same.
 */
export function preparedSources(spec: PersistentVolumeClaimSpec, old?: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const open = spec.dataSourceRef?.namespace && !old?.dataSourceRef ? assignSame(spec, { dataSourceRef: undefined }) : spec
  const inUse = old?.dataSource !== undefined || old?.dataSourceRef !== undefined
  const kept = inUse || open.dataSourceRef || !open.dataSource || isKnown(open.dataSource) ? open : assignSame(open, { dataSource: undefined })
  return normalise(kept)
}
