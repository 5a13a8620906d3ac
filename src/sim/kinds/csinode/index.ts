import { carryMarks } from '../../api/empties.ts'
import { at, child, duplicate, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import { semanticEqual } from '../../api/deep.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isQualifiedName } from '../../api/names.ts'
import { named } from '../../api/validate/simple.ts'
import { csiDriverName } from '../../api/validate/storage-names.ts'
import { ageColumn, countColumn, defineKind, nameColumn } from '../define.ts'
import type { CSINode, CSINodeDriver } from './csinode.ts'

function driver(d: CSINodeDriver, names: Set<string>, path: Path, out: FieldError[]): void {
  csiDriverName(d.name, child(path, 'name'), out)
  const id = d.nodeID ?? ''
  if (!id) out.push(required(child(path, 'nodeID')))
  if (id.length > 256) out.push(invalidValue(child(path, 'nodeID'), id, 'must be 256 characters or less'))
  const count = d.allocatable?.count
  if (count !== undefined && count < 0) out.push(invalidValue(child(path, 'allocatable.count'), count, 'must be greater than or equal to 0'))
  if (names.has(d.name)) out.push(duplicate(child(path, 'name'), d.name))
  names.add(d.name)
  const keys = new Set<string>()
  for (const key of d.topologyKeys ?? []) {
    if (!key) out.push(required(path))
    if (keys.has(key)) out.push(duplicate(path, key))
    keys.add(key)
    named(isQualifiedName, key, path, out)
  }
}

/** storage/validation: ValidateCSINode. */
function validate(node: CSINode): FieldError[] {
  const out: FieldError[] = []
  const names = new Set<string>()
  ;(node.spec.drivers ?? []).forEach((d, i) => driver(d, names, at('spec.drivers', i), out))
  return out
}

function withoutAllocatable(driver: CSINodeDriver): CSINodeDriver {
  const { allocatable: _free, ...rest } = driver
  carryMarks(driver, rest)
  return rest
}

/** A driver that stays may change what it can hold, nothing else. */
function validateUpdate(node: CSINode, old: CSINode): readonly FieldError[] {
  const out = validate(node)
  for (const before of old.spec.drivers ?? []) {
    for (const d of node.spec.drivers ?? []) {
      if (before.name !== d.name) continue
      const next = withoutAllocatable(d)
      if (!semanticEqual(next, withoutAllocatable(before))) out.push(invalidValue('spec.drivers', goInternal('storage.CSINodeDriver', next), 'field is immutable'))
    }
  }
  return out
}

/** storage.k8s.io/v1 CSINode (registry/storage/csinode: strategy.go). */
export const csiNodeKind = defineKind<CSINode>('storage.k8s.io', 'v1', 'CSINode', {
  unconditionalUpdate: false,
  defaults: (node) => node,
  validate,
  validateUpdate,
  columns: [nameColumn, countColumn('Drivers', (n) => n.spec?.drivers?.length ?? 0), ageColumn],
})
