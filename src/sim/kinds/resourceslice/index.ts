import { goEqual } from '../../api/go-equal.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withGeneration } from '../define.ts'
import type { Device, DeviceAttribute, ResourceSlice } from './resourceslice.ts'
import { validateResourceSlice, validateResourceSliceUpdate } from './validate.ts'

const LISTS = ['bools', 'ints', 'strings', 'versions'] as const
const hasLists = (a: DeviceAttribute): boolean => LISTS.some((k) => a[k] !== undefined)

/** Fields behind gates that are closed by default: lists as attributes, and mappings to resources of the node. */
function withoutGated(d: Device, keepLists: boolean, keepMappings: boolean): Device {
  let next = keepMappings ? d : assignSame(d, { nodeAllocatableResourceMappings: undefined })
  if (!keepLists && Object.values(d.attributes ?? {}).some(hasLists)) {
    const attributes = Object.fromEntries(
      Object.entries(d.attributes!).map(([k, { bools: _b, ints: _i, strings: _s, versions: _v, ...one }]) => [k, one]),
    )
    next = { ...next, attributes }
  }
  return next
}

function gated(slice: ResourceSlice, old?: ResourceSlice): ResourceSlice {
  const had = old?.spec.devices ?? []
  const keepLists = had.some((d) => Object.values(d.attributes ?? {}).some(hasLists))
  const keepMappings = had.some((d) => d.nodeAllocatableResourceMappings !== undefined)
  return assignSame(slice, { spec: assignSame(slice.spec, { devices: mapSame(slice.spec.devices, (d) => withoutGated(d, keepLists, keepMappings)) }) })
}

/** resource.k8s.io/v1 ResourceSlice (registry/resource/resourceslice: strategy.go). */
export const resourceSliceKind = defineKind<ResourceSlice>('resource.k8s.io', 'v1', 'ResourceSlice', {
  generation: true,
  defaults: (s) => (s.spec ? s : { ...s, spec: { driver: '', pool: { name: '', generation: 0, resourceSliceCount: 0 } } }),
  prepareCreate: (s) => gated(s),
  prepareUpdate(s, old) {
    const same = goEqual('resource.ResourceSliceSpec', s.spec, old.spec)
    return withGeneration(gated(s, old), (old.metadata.generation ?? 0) + (same ? 0 : 1))
  },
  validate: validateResourceSlice,
  validateUpdate: validateResourceSliceUpdate,
  warnings: ({ spec }) => (spec.driver === spec.driver.toLowerCase() ? [] : [`spec.driver: driver names should be lowercase; "${spec.driver}" contains uppercase characters`]),
  columns: [nameColumn, textColumn('Node', (s) => s.spec.nodeName ?? ''), textColumn('Driver', (s) => s.spec.driver), textColumn('Pool', (s) => s.spec.pool.name), ageColumn],
  selectableFields: (s) => ({ 'spec.nodeName': s.spec?.nodeName ?? '', 'spec.driver': s.spec?.driver ?? '' }),
}, false)
