import type { DeviceConfiguration, DeviceSelector } from '../../api/device-claim.ts'
import { invalidValue, type FieldError } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import type { KubeObject } from '../../api/meta.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import { configuration, each, selectors } from '../device-parts.ts'
import { isExtendedResource } from '../../api/validate/resources.ts'
import { ageColumn, defineKind, nameColumn, withGeneration } from '../define.ts'

/** resource.k8s.io/v1 DeviceClass. */
export interface DeviceClass extends KubeObject<DeviceClassSpec> {
  readonly spec: DeviceClassSpec
}

export interface DeviceClassSpec {
  readonly selectors?: readonly DeviceSelector[]
  readonly config?: readonly DeviceConfiguration[]
  readonly extendedResourceName?: string
}

/** resource/validation: validateDeviceClassSpec. */
function validate(c: DeviceClass): readonly FieldError[] {
  const out: FieldError[] = []
  selectors(c.spec.selectors, 'spec.selectors', out)
  each(c.spec.config, 32, 'spec.config', out, (x, path) => configuration(x, path, out))
  const name = c.spec.extendedResourceName
  if (name !== undefined && !isExtendedResource(name)) out.push(invalidValue('spec.extendedResourceName', name, 'must be a valid extended resource name'))
  return out
}

/** This kind's names are checked by the newer rules, which count bytes. */
const inBytes = (name: string): readonly string[] => isDns1123Subdomain(name).map((m) => m.replace('no more than 253 characters', 'no more than 253 bytes'))

/** resource.k8s.io/v1 DeviceClass (registry/resource/deviceclass: strategy.go). */
export const deviceClassKind = defineKind<DeviceClass>('resource.k8s.io', 'v1', 'DeviceClass', {
  name: inBytes,
  generation: true,
  defaults: (c) => (c.spec ? c : { ...c, spec: {} }),
  prepareUpdate: (c, old) => withGeneration(c, (old.metadata.generation ?? 0) + (goEqual('resource.DeviceClassSpec', c.spec, old.spec) ? 0 : 1)),
  validate,
  columns: [nameColumn, ageColumn],
}, false)
