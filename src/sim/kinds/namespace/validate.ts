import { invalidValue, type FieldError } from '../../api/field.ts'
import { finalizerName } from '../../api/validate-finalizers.ts'
import type { Namespace } from './namespace.ts'

/** core/validation: ValidateNamespace. */
export function validateNamespace(ns: Namespace): readonly FieldError[] {
  const out: FieldError[] = []
  for (const f of ns.spec?.finalizers ?? []) finalizerName(f, 'spec.finalizers', out)
  return out
}

/** core/validation: ValidateNamespaceStatusUpdate. */
export function validateNamespaceStatus(ns: Namespace): readonly FieldError[] {
  const phase = ns.status?.phase ?? ''
  const wanted = ns.metadata.deletionTimestamp ? 'Terminating' : 'Active'
  if (phase === wanted) return []
  const when = wanted === 'Active' ? 'empty' : 'not empty'
  return [invalidValue('status.Phase', phase, `may only be '${wanted}' if \`deletionTimestamp\` is ${when}`)]
}
