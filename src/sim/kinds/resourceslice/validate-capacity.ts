import { at, child, duplicate, forbiddenField, invalidValue, required, tooMany, type FieldError, type Path } from '../../api/field.ts'
import { addQuantities, compareQuantities, value } from '../../api/quantity.ts'
import type { DeviceCapacity, RequestPolicy } from './resourceslice.ts'

const MOST_OPTIONS = 10
const larger = (a: string, b: string): boolean => compareQuantities(a, b) > 0

function options(list: readonly string[], standard: string, most: string, path: Path, out: FieldError[]): void {
  list.forEach((v, i) => {
    if (i > 0 && larger(list[i - 1]!, v)) out.push(invalidValue(at(path, i), v, 'values must be sorted in ascending order'))
  })
  if (list.length > MOST_OPTIONS) out.push(tooMany(path, list.length, MOST_OPTIONS))
  else {
    list.forEach((v, i) => void (larger(v, most) && out.push(invalidValue(at(path, i), v, `option is larger than capacity value: ${most}`))))
    list.forEach((v, i) => void (list.findIndex((w) => value(w) === value(v)) < i && out.push(duplicate(at(path, i), String(value(v))))))
  }
  if (list.length > MOST_OPTIONS || !list.some((v) => compareQuantities(v, standard) === 0)) out.push(invalidValue(path, standard, 'default value is not valid according to the requestPolicy'))
}

function range(r: NonNullable<RequestPolicy['validRange']>, standard: string, most: string, path: Path, out: FieldError[]): void {
  const { min, max, step } = r
  if (min === undefined) return void out.push(required(child(path, 'min'), 'required when validRange is defined'))
  if (larger(min, most)) out.push(invalidValue(child(path, 'min'), min, `min is larger than capacity value: ${most}`))
  if (larger(min, standard)) out.push(invalidValue(child(path, 'min'), standard, `default is less than min: ${min}`))
  if (max !== undefined) {
    if (larger(min, max)) out.push(invalidValue(child(path, 'max'), min, `min is larger than max: ${max}`))
    if (larger(max, most)) out.push(invalidValue(child(path, 'max'), max, `max is larger than capacity value: ${most}`))
    if (larger(standard, max)) out.push(invalidValue(child(path, 'max'), standard, `default is more than max: ${max}`))
  }
  if (step === undefined) return
  const here = child(path, 'step')
  const first = addQuantities(min, step)
  if (larger(first, most)) out.push(invalidValue(here, step, `one step ${first} is larger than capacity value: ${most}`))
  for (const v of max === undefined ? [standard] : [standard, max]) {
    if (value(step) === 0 || (value(v) - value(min)) % value(step) !== 0) out.push(invalidValue(here, v, `value is not a multiple of a given step (${step}) from (${min})`))
  }
}

/** A policy of how much of a capacity may be asked for; only devices that can be shared have one. */
export function capacity(c: DeviceCapacity, shared: boolean, path: Path, out: FieldError[]): void {
  const policy = c.requestPolicy
  const here = child(path, 'requestPolicy')
  if (!policy) return
  if (!shared) return void out.push(forbiddenField(here, 'allowMultipleAllocations must be true'))
  const several = (policy.validValues?.length ?? 0) > 0
  if (several && policy.validRange) return void out.push(forbiddenField(here, 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'))
  if (!several && !policy.validRange) return
  const kind = several ? 'validValues' : 'validRange'
  if (policy.default === undefined) out.push(required(child(here, 'default'), `required when ${kind} is defined`))
  else if (several) options(policy.validValues!, policy.default, c.value, child(here, kind), out)
  else range(policy.validRange!, policy.default, c.value, child(here, kind), out)
}
