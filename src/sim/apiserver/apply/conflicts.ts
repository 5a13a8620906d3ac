import type { Status, StatusCause } from '../../api/status.ts'
import { paths, type FieldSet } from './field-set.ts'
import type { Owner } from './managers.ts'

export interface Conflict {
  readonly owner: Owner
  readonly set: FieldSet
}

function named({ manager, operation, apiVersion, subresource }: Owner): string {
  const who = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`
  return operation === 'Update' ? `${who} using ${apiVersion}` : who
}

/** 409 of an apply that would take fields from others (managedfields/internal/conflict.go). */
export function conflictStatus(conflicts: readonly Conflict[]): Status {
  const found = conflicts.map(({ owner, set }) => ({ who: named(owner), fields: paths(set) }))
  const all = found.flatMap(({ who, fields }) => fields.map((field) => ({ who, field })))
  const causes: readonly StatusCause[] = all.map(({ who, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field }))
  const message =
    all.length === 1
      ? `Apply failed with 1 conflict: conflict with ${all[0]!.who}: ${all[0]!.field}`
      : `Apply failed with ${all.length} conflicts: ${[...found].sort((a, b) => (a.who < b.who ? -1 : 1)).map(({ who, fields }) => [`conflicts with ${who}:`, ...fields.map((f) => `- ${f}`)].join('\n')).join('\n')}`
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Conflict', details: { causes }, code: 409 }
}
