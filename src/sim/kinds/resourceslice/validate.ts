import { deepEqual } from '../../api/deep.ts'
import { at, child, invalidValue, required, tooLong, type FieldError, type Path } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Label, isDns1123Subdomain } from '../../api/names.ts'
import { immutable } from '../../api/validate-meta.ts'
import { nodeSelector } from '../../api/validate/affinity.ts'
import { attributeName, bindingConditions, deviceTaint, each, eachEntry, eachOnce, poolName } from '../device-parts.ts'
import { named } from '../../api/validate/simple.ts'
import { csiDriverName } from '../../api/validate/storage-names.ts'
import type { Device, DeviceAttribute, ResourceSlice, ResourceSliceSpec } from './resourceslice.ts'
import { capacity } from './validate-capacity.ts'

const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/
const KEY_LENGTH = 63 + 1 + 32

function text(v: string, path: Path, out: FieldError[]): void {
  if (v.length > 64) out.push(tooLong(path, 64))
}
function version(v: string, path: Path, out: FieldError[]): void {
  if (!SEMVER.test(v)) out.push(invalidValue(path, v, 'must be a string compatible with semver.org spec 2.0.0'))
  text(v, path, out)
}

const LISTS = ['bools', 'ints', 'strings', 'versions'] as const

function attribute(a: DeviceAttribute, path: Path, out: FieldError[]): void {
  const given = (['bool', 'int', 'string', 'version', ...LISTS] as const).filter((k) => a[k] !== undefined)
  if (a.string !== undefined) text(a.string, child(path, 'string'), out)
  if (a.version !== undefined) version(a.version, child(path, 'version'), out)
  a.strings?.forEach((v, i) => text(v, at(child(path, 'strings'), i), out))
  a.versions?.forEach((v, i) => version(v, at(child(path, 'versions'), i), out))
  if (given.length === 0) out.push(invalidValue(path, '', 'exactly one value must be specified'))
  else if (given.length > 1) out.push(invalidValue(path, goInternal('resource.DeviceAttribute', a), 'exactly one value must be specified'))
}

const ONE_PLACE = 'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'

function devicePlace(d: Device, perDevice: boolean, path: Path, out: FieldError[]): void {
  const has = d.nodeName !== undefined || d.nodeSelector !== undefined || d.allNodes !== undefined
  if (!perDevice) {
    if (has) out.push(invalidValue(path, null, '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'))
    return
  }
  const given: string[] = []
  if (d.nodeName) {
    given.push('`nodeName`')
    named(isDns1123Subdomain, d.nodeName, child(path, 'nodeName'), out)
  } else if (d.nodeName === '') out.push(invalidValue(child(path, 'nodeName'), '', 'must not be empty'))
  if (d.nodeSelector) {
    given.push('`nodeSelector`')
    nodeSelector(d.nodeSelector, false, child(path, 'nodeSelector'), out)
  }
  if (d.allNodes) given.push('`allNodes`')
  else if (d.allNodes === false) out.push(invalidValue(child(path, 'allNodes'), false, 'must be either unset or set to true'))
  if (given.length === 0) out.push(required(path, ONE_PLACE))
  else if (given.length > 1) out.push(invalidValue(path, `{${given.join(', ')}}`, ONE_PLACE))
}

/** How many values a device's attributes have: items of lists count one by one. */
const valuesOf = (d: Device): number =>
  Object.values(d.attributes ?? {}).reduce((n, a) => n + Math.max(1, LISTS.reduce((m, k) => m + (a[k]?.length ?? 0), 0)), 0)

function device(d: Device, old: Device | undefined, perDevice: boolean, path: Path, out: FieldError[]): void {
  named(isDns1123Label, d.name, child(path, 'name'), out)
  const entries = Object.keys(d.attributes ?? {}).length + Object.keys(d.capacity ?? {}).length
  if (entries > 32) out.push(invalidValue(path, entries, 'the total number of attributes and capacities must not exceed 32'))
  const values = valuesOf(d)
  if (values > 48) out.push(invalidValue(path, values, 'the total number of attribute values must not exceed 48'))
  const [attributes, capacities] = [child(path, 'attributes'), child(path, 'capacity')]
  eachEntry(d.attributes, -1, KEY_LENGTH, attributes, out, (k) => attributeName(k, attributes, out), (a, here) => attribute(a, here, out))
  eachEntry(d.capacity, -1, KEY_LENGTH, capacities, out, (k) => attributeName(k, capacities, out), (c, here) => capacity(c, d.allowMultipleAllocations === true, here, out))
  if (!old || !deepEqual(old.taints, d.taints)) each(d.taints, 16, child(path, 'taints'), out, (t, here) => deviceTaint(t, here, out))
  eachOnce(d.consumesCounters, 2, (c) => c.counterSet, child(path, 'consumesCounters'), out, (c, here) => counters(c.counterSet, 'counterSet', c.counters, here, out))
  devicePlace(d, perDevice, path, out)
  bindingConditions(d.bindingConditions, d.bindingFailureConditions, path, out)
}

function counters(name: string, nameField: string, map: Readonly<Record<string, unknown>> | undefined, path: Path, out: FieldError[]): void {
  if (!name) out.push(required(child(path, nameField)))
  else named(isDns1123Label, name, child(path, nameField), out)
  const here = child(path, 'counters')
  if (Object.keys(map ?? {}).length === 0) out.push(required(here))
  else eachEntry(map, 32, 63, here, out, (k) => named(isDns1123Label, k, here, out), () => undefined)
}

const ONE_OF = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

function place(spec: ResourceSliceSpec, out: FieldError[]): void {
  const given: string[] = []
  if (spec.nodeName) {
    given.push('`nodeName`')
    named(isDns1123Subdomain, spec.nodeName, 'spec.nodeName', out)
  } else if (spec.nodeName === '') out.push(invalidValue('spec.nodeName', '', 'must be either unset or set to a non-empty string'))
  if (spec.nodeSelector) {
    given.push('`nodeSelector`')
    nodeSelector(spec.nodeSelector, false, 'spec.nodeSelector', out)
    if (spec.nodeSelector.nodeSelectorTerms?.length !== 1) {
      out.push(invalidValue('spec.nodeSelector.nodeSelectorTerms', goInternal('core.NodeSelector', spec.nodeSelector)['NodeSelectorTerms'], 'must have exactly one node selector term'))
    }
  }
  for (const key of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[key]) given.push(`\`${key}\``)
    else if (spec[key] === false) out.push(invalidValue(child('spec', key), false, 'must be either unset or set to true'))
  }
  if (given.length === 0) out.push(required('spec', ONE_OF))
  else if (given.length > 1) out.push(invalidValue('spec', `{${given.join(', ')}}`, `${ONE_OF}, but multiple fields are set`))
}

const isAdvanced = (d: Device): boolean => (d.taints?.length ?? 0) > 0 || (d.consumesCounters?.length ?? 0) > 0 || Object.values(d.attributes ?? {}).some((a) => LISTS.some((k) => a[k] !== undefined))

/** resource/validation: validateResourceSliceSpec. */
function checkSpec(spec: ResourceSliceSpec, old: ResourceSliceSpec | undefined): FieldError[] {
  const out: FieldError[] = []
  csiDriverName(spec.driver, 'spec.driver', out)
  poolName(spec.pool?.name, 'spec.pool.name', out)
  const [count, generation] = [spec.pool?.resourceSliceCount ?? 0, spec.pool?.generation ?? 0]
  if (count <= 0) out.push(invalidValue('spec.pool.resourceSliceCount', count, 'must be greater than zero'))
  if (generation < 0) out.push(invalidValue('spec.pool.generation', generation, 'must be greater than or equal to zero'))
  if (old) {
    immutable(spec.pool?.name ?? '', old.pool.name, 'spec.pool.name', out)
    immutable(spec.driver, old.driver, 'spec.driver', out)
    immutable(spec.nodeName, old.nodeName, 'spec.nodeName', out)
  }
  place(spec, out)
  if (spec.sharedCounters && spec.devices) out.push(invalidValue('spec', '', 'only one of `sharedCounters` or `devices` is allowed'))
  eachOnce(spec.devices, spec.devices?.some(isAdvanced) ? 64 : 128, (d) => d.name, 'spec.devices', out, (d, here) =>
    device(d, old?.devices?.find((o) => o.name === d.name), spec.perDeviceNodeSelection === true, here, out),
  )
  eachOnce(spec.sharedCounters, 8, (c) => c.name, 'spec.sharedCounters', out, (c, here) => counters(c.name, 'name', c.counters, here, out))
  return out
}

export const validateResourceSlice = (s: ResourceSlice): readonly FieldError[] => checkSpec(s.spec, undefined)
export const validateResourceSliceUpdate = (s: ResourceSlice, old: ResourceSlice): readonly FieldError[] => checkSpec(s.spec, old.spec)
