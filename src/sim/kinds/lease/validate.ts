import type { FieldError } from '../../api/field.ts'
import { nonNegative, positive } from '../../api/validate/simple.ts'
import type { Lease } from './lease.ts'

/** coordination/validation: ValidateLeaseSpec. */
export function validateLease(lease: Lease): readonly FieldError[] {
  const out: FieldError[] = []
  positive(lease.spec?.leaseDurationSeconds, 'spec.leaseDurationSeconds', out)
  nonNegative(lease.spec?.leaseTransitions, 'spec.leaseTransitions', out)
  return out
}
