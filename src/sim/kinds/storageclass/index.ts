import { at, notSupported, type FieldError } from '../../api/field.ts'
import { sortedLabels } from '../../api/labels.ts'
import { assignSame } from '../../api/share.ts'
import { immutable } from '../../api/validate-meta.ts'
import { deprecatedNodeLabel } from '../../api/validate/node-labels.ts'
import { allowedTopologies, classParameters, provisionerName } from '../../api/validate/storage-names.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { StorageClass } from './storageclass.ts'

const POLICIES = ['Delete', 'Retain']
const MODES = ['Immediate', 'WaitForFirstConsumer']

/** storage/validation: ValidateStorageClass. */
function validate(c: StorageClass): FieldError[] {
  const out: FieldError[] = []
  provisionerName(c.provisioner, 'provisioner', out)
  classParameters(c.parameters, true, 'parameters', out)
  if (c.reclaimPolicy && !POLICIES.includes(c.reclaimPolicy)) out.push(notSupported('reclaimPolicy', c.reclaimPolicy, POLICIES))
  if (!MODES.includes(c.volumeBindingMode ?? '')) out.push(notSupported('volumeBindingMode', c.volumeBindingMode ?? '', MODES))
  allowedTopologies(c.allowedTopologies, 'allowedTopologies', out)
  return out
}

function validateUpdate(c: StorageClass, old: StorageClass): readonly FieldError[] {
  const out = validate(c)
  immutable(sortedLabels(c.parameters), sortedLabels(old.parameters), 'parameters', out)
  for (const key of ['provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const) immutable(c[key], old[key], key, out)
  return out
}

/** pkg/api/storage: GetWarningsForStorageClass. */
const warnings = (c: StorageClass): readonly string[] =>
  (c.allowedTopologies ?? []).flatMap((t, i) =>
    (t.matchLabelExpressions ?? []).flatMap((e, j) => {
      const text = deprecatedNodeLabel(e.key)
      return text ? [`${at(`${at('allowedTopologies', i)}.matchLabelExpressions`, j)}.key: ${text}`] : []
    }),
  )

const DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
const isDefault = (c: StorageClass): boolean => DEFAULT.some((key) => c.metadata.annotations?.[key] === 'true')

/** storage.k8s.io/v1 StorageClass (registry/storage/storageclass: strategy.go). */
export const storageClassKind = defineKind<StorageClass>('storage.k8s.io', 'v1', 'StorageClass', {
  defaults: (c) => assignSame(c, { reclaimPolicy: c.reclaimPolicy ?? 'Delete', volumeBindingMode: c.volumeBindingMode ?? 'Immediate' }),
  validate,
  validateUpdate,
  warnings,
  columns: [
    { ...nameColumn, cell: (c: StorageClass) => (isDefault(c) ? `${c.metadata.name} (default)` : c.metadata.name) },
    textColumn('Provisioner', (c) => c.provisioner),
    textColumn('ReclaimPolicy', (c) => c.reclaimPolicy ?? 'Delete'),
    textColumn('VolumeBindingMode', (c) => c.volumeBindingMode ?? 'Immediate'),
    { name: 'AllowVolumeExpansion', type: 'string', cell: (c: StorageClass) => c.allowVolumeExpansion ?? false },
    ageColumn,
  ],
})
