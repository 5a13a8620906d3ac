import { compareQuantities } from '../../api/quantity.ts'
import type { ResourceQuota } from '../../api/quota.ts'
import { roundedUp } from '../../api/resource-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from './validate.ts'

/** "cpu: 0/2, pods: 3/10" of the resources on one side (pkg/printers/internalversion: printResourceQuota). */
function amounts(quota: ResourceQuota, limits: boolean): string {
  const { hard = {}, used = {} } = quota.status ?? {}
  const names = Object.keys(hard).sort().filter((name) => name.startsWith('limits.') === limits)
  return names.map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`).join(', ')
}

const KNOWN = ['cpu', 'memory', 'storage', 'ephemeral-storage']

/** Requests that are allowed more than their limits. */
function warnings({ spec }: ResourceQuota, old?: ResourceQuota): readonly string[] {
  const hard = spec?.hard ?? {}
  if (old) return []
  return KNOWN.flatMap((name) => {
    const bare = hard[`requests.${name}`] === undefined && (name === 'cpu' || name === 'memory')
    const [request, limit] = [bare ? name : `requests.${name}`, `limits.${name}`]
    const [asked, most] = [hard[request], hard[limit]]
    return asked !== undefined && most !== undefined && compareQuantities(asked, most) > 0 ? [`ResourceQuota ${request} (${asked}) should be less than ${limit} (${most})`] : []
  })
}

/** v1 ResourceQuota (registry/core/resourcequota: strategy.go). */
export const resourceQuotaKind = defineKind<ResourceQuota>('', 'v1', 'ResourceQuota', {
  defaults: (quota) =>
    assignSame(quota, {
      spec: quota.spec && assignSame(quota.spec, { hard: roundedUp(quota.spec.hard) }),
      status: quota.status && assignSame(quota.status, { hard: roundedUp(quota.status.hard), used: roundedUp(quota.status.used) }),
    }),
  prepareCreate: (quota) => ({ ...quota, status: {} }),
  validate: validateQuota,
  validateUpdate: validateQuotaUpdate,
  validateStatusUpdate: validateQuotaStatus,
  warnings,
  columns: [nameColumn, textColumn('Request', (quota) => amounts(quota, false)), textColumn('Limit', (quota) => amounts(quota, true)), ageColumn],
})
