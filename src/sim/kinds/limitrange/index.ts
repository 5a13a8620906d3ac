import type { LimitRange, LimitRangeItem } from '../../api/limit-range.ts'
import type { ResourceList } from '../../api/quantity.ts'
import { roundedUp } from '../../api/resource-defaults.ts'
import { assignSame, mapSame } from '../../api/share.ts'
import { createdColumn, defineKind, nameColumn } from '../define.ts'
import { validateLimitRange } from './validate.ts'

/** Limits of containers from their maximum, requests from limits, then from the minimum (pkg/apis/core/v1: SetDefaults_LimitRangeItem). */
function defaultItem(given: LimitRangeItem): LimitRangeItem {
  const item = assignSame(given, {
    max: roundedUp(given.max), min: roundedUp(given.min), default: roundedUp(given.default), defaultRequest: roundedUp(given.defaultRequest),
    maxLimitRequestRatio: roundedUp(given.maxLimitRequestRatio),
  })
  if (item.type !== 'Container') return item
  const limits: ResourceList = { ...item.max, ...item.default }
  const requests: ResourceList = { ...item.min, ...limits, ...item.defaultRequest }
  const some = (list: ResourceList): boolean => Object.keys(list).length > 0
  return { ...item, ...(some(limits) ? { default: limits } : {}), ...(some(requests) ? { defaultRequest: requests } : {}) }
}

/** v1 LimitRange (registry/core/limitrange: strategy.go). */
export const limitRangeKind = defineKind<LimitRange>('', 'v1', 'LimitRange', {
  defaults(range) {
    const limits = mapSame(range.spec?.limits ?? undefined, defaultItem)
    return limits === undefined || limits === range.spec?.limits ? range : { ...range, spec: { ...range.spec, limits } }
  },
  // One that has no name is called by its uid.
  prepareCreate: (range) => (range.metadata.name ? range : { ...range, metadata: { ...range.metadata, name: range.metadata.uid ?? '' } }),
  validate: validateLimitRange,
  columns: [nameColumn, createdColumn],
})
