import { assignSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { Lease } from './lease.ts'
import { validateLease } from './validate.ts'

/** Coordinated leader election is off by default: its fields are dropped. */
const drop = (lease: Lease): Lease => (lease.spec ? assignSame(lease, { spec: assignSame(lease.spec, { strategy: undefined, preferredHolder: undefined }) }) : lease)

/** coordination.k8s.io/v1 Lease (registry/coordination/lease: strategy.go). */
export const leaseKind = defineKind<Lease>('coordination.k8s.io', 'v1', 'Lease', {
  createsOnUpdate: true,
  unconditionalUpdate: false,
  prepareCreate: drop,
  prepareUpdate: drop,
  validate: validateLease,
  columns: [nameColumn, textColumn('Holder', (l) => l.spec?.holderIdentity ?? ''), ageColumn],
})
