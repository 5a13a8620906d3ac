import { at, child, duplicate, forbiddenField, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import type { LimitRange, LimitRangeItem } from '../../api/limit-range.ts'
import { isQualifiedName } from '../../api/names.ts'
import { own } from '../../api/own.ts'
import { compareQuantities, milliValue, value, type ResourceList } from '../../api/quantity.ts'
import { containerResourceName, overcommit, resourceName } from '../../api/validate/resources.ts'

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']
/** The largest amount that Go's int64 holds in thousandths; as near as a number can be. */
const MAX_MILLI = Number(9_223_372_036_854_775n)

/** pkg/apis/core/validation: ValidateLimitRange. */
export function validateLimitRange(range: LimitRange): readonly FieldError[] {
  const out: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, item] of (range.spec?.limits ?? []).entries()) {
    const path = at('spec.limits', i)
    const type = item.type ?? ''
    typeName(type, child(path, 'type'), out)
    if (seen.has(type)) out.push(duplicate(child(path, 'type'), type))
    seen.add(type)
    const keys = new Set<string>()
    names(item, path, keys, out)
    for (const key of [...keys].sort()) compare(item, key, path, out)
  }
  return out
}

function typeName(type: string, path: Path, out: FieldError[]): void {
  const wrong = isQualifiedName(type)
  for (const message of wrong) out.push(invalidValue(path, type, message))
  if (wrong.length === 0 && !type.includes('/') && !TYPES.includes(type)) out.push(invalidValue(path, type, 'must be a standard limit type or fully qualified'))
}

/** Resource names of all lists; collects them in `keys`. */
function names(item: LimitRangeItem, path: Path, keys: Set<string>, out: FieldError[]): void {
  const isCompute = item.type === 'Pod' || item.type === 'Container'
  const list = (name: string, values: ResourceList | undefined): void => {
    for (const key of Object.keys(values ?? {}).sort()) {
      const place = at(child(path, name), key)
      if (isCompute) containerResourceName(key, place, out)
      else resourceName(key, place, out)
      keys.add(key)
    }
  }
  list('max', item.max)
  list('min', item.min)
  if (item.type === 'Pod') {
    for (const name of ['default', 'defaultRequest'] as const)
      if (Object.keys(item[name] ?? {}).length > 0) out.push(forbiddenField(child(path, name), "may not be specified when `type` is 'Pod'"))
  } else {
    list('default', item.default)
    list('defaultRequest', item.defaultRequest)
  }
  if (item.type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined)
    out.push(required(child(path, 'limits'), 'either minimum or maximum storage value is required, but neither was provided'))
  list('maxLimitRequestRatio', item.maxLimitRequestRatio)
}

const more = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && compareQuantities(a, b) > 0

function compare(item: LimitRangeItem, key: string, path: Path, out: FieldError[]): void {
  const min = own(item.min, key)
  const max = own(item.max, key)
  const limit = item.type === 'Pod' ? undefined : own(item.default, key)
  const request = item.type === 'Pod' ? undefined : own(item.defaultRequest, key)
  const ratio = own(item.maxLimitRequestRatio, key)
  const place = (list: string): Path => at(child(path, list), key)
  if (more(min, max)) out.push(invalidValue(place('min'), min, `min value ${min} is greater than max value ${max}`))
  if (more(min, request)) out.push(invalidValue(place('defaultRequest'), request, `min value ${min} is greater than default request value ${request}`))
  if (more(request, max)) out.push(invalidValue(place('defaultRequest'), request, `default request value ${request} is greater than max value ${max}`))
  if (more(request, limit)) out.push(invalidValue(place('defaultRequest'), request, `default request value ${request} is greater than default limit value ${limit}`))
  if (more(min, limit)) out.push(invalidValue(place('default'), min, `min value ${min} is greater than default value ${limit}`))
  if (more(limit, max)) out.push(invalidValue(place('default'), max, `default value ${limit} is greater than max value ${max}`))
  if (more('1', ratio)) out.push(invalidValue(place('maxLimitRequestRatio'), ratio, `ratio ${ratio} is less than 1`))
  if (ratio !== undefined && min !== undefined && max !== undefined) checkRatio(ratio, min, max, place('maxLimitRequestRatio'), out)
  if (!overcommit(key) && limit !== undefined && request !== undefined && compareQuantities(limit, request) !== 0)
    out.push(invalidValue(place('defaultRequest'), request, `default value ${limit} must equal to defaultRequest value ${request} in ${key}`))
}

function checkRatio(ratio: string, min: string, max: string, path: Path, out: FieldError[]): void {
  const fine = value(ratio) < MAX_MILLI && value(min) < MAX_MILLI && value(max) < MAX_MILLI
  const asked = fine ? milliValue(ratio) / 1000 : value(ratio)
  const bound = fine ? milliValue(max) / milliValue(min) : value(max) / value(min)
  const text = Number.isFinite(bound) ? bound.toFixed(6) : Number.isNaN(bound) ? 'NaN' : bound < 0 ? '-Inf' : '+Inf'
  if (asked > bound) out.push(invalidValue(path, ratio, `ratio ${ratio} is greater than max/min = ${text}`))
}
