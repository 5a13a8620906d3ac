import type { KubeObject } from '../../api/meta.ts'
import { charge, concerns, quotaMatches, type ResourceQuota } from '../../api/quota.ts'
import type { ResourceList } from '../../api/quantity.ts'
import { forbidden, type Status } from '../../api/status.ts'
import { commit } from '../committing.ts'
import type { Execution } from '../execution.ts'

/**
 * The last plugin of the chain: a new object is charged to every ResourceQuota of its namespace, whose used amounts are
 * written before the object is; the refusal when one is exceeded (plugin/pkg/admission/resourcequota: controller.go).
 */
export function chargeQuotas(exec: Execution, object: KubeObject): Status | undefined {
  const { namespace, kind, store } = exec
  if (!namespace || kind.plural === 'events' || exec.subresource) return undefined
  const keys = store.keys('resourcequotas', namespace)
  if (keys.length === 0) return undefined
  const charges: { readonly key: string; readonly quota: ResourceQuota; readonly used: ResourceList }[] = []
  for (const key of keys) {
    const quota = store.get(key) as ResourceQuota
    if (!concerns(quota, kind) || !quotaMatches(quota, kind, object)) continue
    const used = charge(quota, kind, object)
    if (typeof used === 'string') return forbidden({ group: kind.group, resource: kind.plural }, object.metadata.name, used)
    if (used) charges.push({ key, quota, used })
  }
  for (const { key, quota, used } of charges) {
    const next = { ...quota, status: { ...quota.status, used: { ...quota.status?.used, ...used } } }
    commit(exec, key, next, quota)
  }
  return undefined
}
