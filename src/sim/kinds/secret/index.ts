import { assignSame } from '../../api/share.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import { mergeStringData } from './string-data.ts'
import type { Secret } from './secret.ts'
import { secretWarnings, validateSecret, validateSecretUpdate } from './validate.ts'

/** v1 Secret (registry/core/secret: strategy.go). `stringData` is written into `data` and never stored. */
export const secretKind = defineKind<Secret>('', 'v1', 'Secret', {
  rechecksMeta: true,
  defaults: (s) => assignSame(mergeStringData(s), { type: s.type || 'Opaque' }),
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  warnings: secretWarnings,
  columns: [nameColumn, textColumn('Type', (s) => s.type ?? ''), countColumn('Data', (s) => Object.keys(s.data ?? {}).length), ageColumn],
  selectableFields: (s) => ({ type: s.type ?? '' }),
})
