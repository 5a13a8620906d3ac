import { semanticEqual } from '../../api/deep.ts'
import { invalidValue, type FieldError } from '../../api/field.ts'
import { printedSelector, validateLabelSelector, type LabelSelector } from '../../api/labels.ts'
import type { KubeObject, Quantity } from '../../api/meta.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import { isNegativeQuantity } from '../../api/quantity.ts'
import { nodeSelectorWarnings } from '../../api/validate/node-labels.ts'
import { named } from '../../api/validate/simple.ts'
import { defineKind, nameColumn, textColumn } from '../define.ts'

/** storage.k8s.io/v1 CSIStorageCapacity. */
export interface CSIStorageCapacity extends KubeObject {
  readonly storageClassName: string
  readonly capacity?: Quantity
  readonly maximumVolumeSize?: Quantity
  readonly nodeTopology?: LabelSelector
}

function validate(c: CSIStorageCapacity, old?: CSIStorageCapacity): FieldError[] {
  const out: FieldError[] = []
  const lenient = old !== undefined && validateLabelSelector(old.nodeTopology, '').length > 0
  out.push(...validateLabelSelector(c.nodeTopology, 'nodeTopology', lenient))
  named(isDns1123Subdomain, c.storageClassName, 'storageClassName', out)
  if (c.capacity !== undefined && isNegativeQuantity(c.capacity)) out.push(invalidValue('capacity', c.capacity, 'must be greater than or equal to 0'))
  return out
}

/** What the driver was asked with cannot change: another question is another object. */
function validateUpdate(c: CSIStorageCapacity, old: CSIStorageCapacity): readonly FieldError[] {
  const out = validate(c, old)
  if (!semanticEqual(c.nodeTopology, old.nodeTopology)) out.push(invalidValue('nodeTopology', printedSelector(c.nodeTopology), 'field is immutable'))
  if (c.storageClassName !== old.storageClassName) out.push(invalidValue('storageClassName', c.storageClassName, 'field is immutable'))
  return out
}

/** storage.k8s.io/v1 CSIStorageCapacity (registry/storage/csistoragecapacity: strategy.go). */
export const csiStorageCapacityKind = defineKind<CSIStorageCapacity>('storage.k8s.io', 'v1', 'CSIStorageCapacity', {
  unconditionalUpdate: false,
  validate: (c) => validate(c),
  validateUpdate,
  warnings: (c) => nodeSelectorWarnings(c.nodeTopology, 'nodeTopology'),
  columns: [nameColumn, textColumn('StorageClassName', (c) => c.storageClassName), textColumn('Capacity', (c) => c.capacity ?? '<unset>')],
})
