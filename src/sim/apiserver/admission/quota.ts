import type { KubeObject } from '../../api/meta.ts'
import { charge, concerns, quotaMatches, type ResourceQuota } from '../../api/quota.ts'
import type { ResourceList } from '../../api/quantity.ts'
import { forbidden } from '../../api/status.ts'
import { commit } from '../committing.ts'
import type { Execution, Outcome } from '../execution.ts'

/** What a quota's usage becomes when the object is stored. */
export interface Charge {
  readonly key: string
  readonly quota: ResourceQuota
  readonly used: ResourceList
}

const NOTHING: readonly Charge[] = []

/**
 * The last plugin of the chain: a new object is charged to every ResourceQuota of its namespace, or refused when one is
 * exceeded (plugin/pkg/admission/resourcequota: controller.go).
 */
export function quotaCharges(exec: Execution, object: KubeObject, old?: KubeObject): Outcome<readonly Charge[]> {
  const { namespace, kind, store, subresource } = exec
  if (!namespace || old || kind.plural === 'events' || subresource) return NOTHING
  const keys = store.keys('resourcequotas', namespace)
  if (keys.length === 0) return NOTHING
  const charges: Charge[] = []
  for (const key of keys) {
    const quota = store.get(key) as ResourceQuota
    if (!concerns(quota, kind) || !quotaMatches(quota, kind, object)) continue
    const used = charge(quota, kind, object)
    if (typeof used === 'string') return forbidden({ group: kind.group, resource: kind.plural }, object.metadata.name, used)
    if (used) charges.push({ key, quota, used })
  }
  return charges
}

/** Writes the used amounts, before the object itself is written. */
export function settle(exec: Execution, charges: readonly Charge[]): void {
  for (const { key, quota, used } of charges) commit(exec, key, { ...quota, status: { ...quota.status, used: { ...quota.status?.used, ...used } } }, quota)
}
