import { defaultClaimSpec } from '../../api/device-claim.ts'
import { invalidValue, type FieldError } from '../../api/field.ts'
import { goEqual } from '../../api/go-equal.ts'
import { goInternal } from '../../api/go-internal.ts'
import { assignSame } from '../../api/share.ts'
import { resourceClaimSpec } from '../device-claim.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { ResourceClaim } from './resourceclaim.ts'
import { validateClaimStatus, withoutDeallocated } from './validate-status.ts'

/** "allocated,reserved" (printers: resourceClaimState). */
function state(c: ResourceClaim): string {
  const deleted = c.metadata.deletionTimestamp !== undefined
  const words = deleted ? ['deleted'] : []
  if (!c.status?.allocation) return [...words, ...(deleted ? [] : ['pending'])].join(',')
  return [...words, 'allocated', ...(c.status.reservedFor?.length ? ['reserved'] : [])].join(',')
}

/** resource.k8s.io/v1 ResourceClaim (registry/resource/resourceclaim: strategy.go). */
export const resourceClaimKind = defineKind<ResourceClaim>('resource.k8s.io', 'v1', 'ResourceClaim', {
  defaults: (c) => assignSame(c, { spec: defaultClaimSpec(c.spec ?? {}) }),
  prepareCreate: (c) => ({ ...c, status: {} }),
  prepareStatusUpdate: (c, old) => withoutDeallocated({ ...old, metadata: c.metadata, status: c.status }, old),
  validate(c) {
    const out: FieldError[] = []
    resourceClaimSpec(c.spec, 'spec', out)
    return out
  },
  validateUpdate: (c, old) =>
    goEqual('resource.ResourceClaimSpec', c.spec, old.spec) ? [] : [invalidValue('spec', goInternal('resource.ResourceClaimSpec', c.spec), 'field is immutable')],
  validateStatusUpdate: validateClaimStatus,
  columns: [nameColumn, textColumn('State', state), ageColumn],
}, false)
