import { deepEqual } from '../../api/deep.ts'
import { forbiddenField, type FieldError } from '../../api/field.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import { classParameters, provisionerName } from '../../api/validate/storage-names.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** storage.k8s.io/v1 VolumeAttributesClass. */
export interface VolumeAttributesClass extends KubeObject {
  readonly driverName: string
  readonly parameters?: StringMap
}

function validate(c: VolumeAttributesClass): readonly FieldError[] {
  const out: FieldError[] = []
  provisionerName(c.driverName, 'driverName', out)
  classParameters(c.parameters, false, 'parameters', out)
  return out
}

function validateUpdate(c: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  const out: FieldError[] = []
  if (c.driverName !== old.driverName) out.push(forbiddenField('driverName', 'updates to driverName are forbidden.'))
  if (!deepEqual(c.parameters, old.parameters)) out.push(forbiddenField('parameters', 'updates to parameters are forbidden.'))
  return [...out, ...validate(c)]
}

/** storage.k8s.io/v1 VolumeAttributesClass (registry/storage/volumeattributesclass: strategy.go). */
export const volumeAttributesClassKind = defineKind<VolumeAttributesClass>('storage.k8s.io', 'v1', 'VolumeAttributesClass', {
  validate,
  validateUpdate,
  columns: [nameColumn, textColumn('DriverName', (c) => c.driverName), ageColumn],
})
