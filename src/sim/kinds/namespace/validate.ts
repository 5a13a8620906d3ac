import { invalidValue, type FieldError } from '../../api/field.ts'
import type { Namespace } from './namespace.ts'

/** core/validation: ValidateNamespaceStatusUpdate. */
export function validateNamespaceStatus(ns: Namespace): readonly FieldError[] {
  const phase = ns.status?.phase ?? ''
  const wanted = ns.metadata.deletionTimestamp ? 'Terminating' : 'Active'
  if (phase === wanted) return []
  const when = wanted === 'Active' ? 'empty' : 'not empty'
  return [invalidValue('status.Phase', phase, `may only be '${wanted}' if \`deletionTimestamp\` is ${when}`)]
}
