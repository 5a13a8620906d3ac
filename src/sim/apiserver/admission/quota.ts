import type { KubeObject } from '../../api/meta.ts'
import { chargeAll, updatesCount, type Charged, type ResourceQuota } from '../../api/quota.ts'
import { forbidden } from '../../api/status.ts'
import { storeKey } from '../../store/store.ts'
import { commit } from '../committing.ts'
import type { Execution, Outcome } from '../execution.ts'

/** What a quota's usage becomes when the object is stored. */
export type Charge = Charged

const NOTHING: readonly Charge[] = []

/**
 * The last plugin of the chain: what is created or grows is charged to every ResourceQuota of its namespace, or refused
 * when one is exceeded (apiserver: pkg/admission/plugin/resourcequota).
 */
export function quotaCharges(exec: Execution, object: KubeObject, old?: KubeObject): Outcome<readonly Charge[]> {
  const { namespace, kind, store, subresource, name } = exec
  if (!namespace || kind.plural === 'events' || (subresource !== '' && subresource !== 'resize')) return NOTHING
  const keys = store.keys('resourcequotas', namespace)
  if (keys.length === 0 || (old && subresource !== 'resize' && !updatesCount(kind, object, old))) return NOTHING
  const charges = chargeAll(keys.map((key) => store.get(key) as ResourceQuota), kind, object, old)
  return typeof charges === 'string' ? forbidden({ group: kind.group, resource: kind.plural }, name || object.metadata.name, charges) : charges
}

/** Writes the used amounts, before the object itself is written. */
export function settle(exec: Execution, charges: readonly Charge[]): void {
  for (const { quota, used } of charges) {
    const key = storeKey('resourcequotas', quota.metadata.namespace, quota.metadata.name)
    commit(exec, key, { ...quota, status: { ...quota.status, used } }, quota)
  }
}
