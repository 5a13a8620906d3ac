import { at, child, duplicate, invalidValue, notSupported, required, tooLong, tooMany, type Path } from '../api/field.ts'
import type { DeviceConfiguration, DeviceSelector, DeviceToleration } from '../api/device-claim.ts'
import { byteCount } from '../api/bytes.ts'
import type { JsonValue } from '../api/meta.ts'
import { isCIdentifier, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../api/names.ts'
import { named, type Errors } from '../api/validate/simple.ts'
import { csiDriverName } from '../api/validate/storage-names.ts'
import { deviceExpression } from './device-cel.ts'

/** resource/validation: rules that claims, classes and slices share. */
const MOST_PARAMETERS = 10 * 1024
const MOST_EXPRESSION = 10 * 1024

/** validateSlice: at most so many items, each checked. */
export function each<T>(list: readonly T[] | undefined, most: number, path: Path, out: Errors, check: (item: T, path: Path) => void): boolean {
  const items = list ?? []
  if (most >= 0 && items.length > most) {
    out.push(tooMany(path, items.length, most))
    return false
  }
  items.forEach((item, i) => check(item, at(path, i)))
  return true
}

/** validateSet: as a slice, and no key twice. */
export function eachOnce<T>(list: readonly T[] | undefined, most: number, key: (item: T) => string, path: Path, out: Errors, check: (item: T, path: Path) => void): void {
  if (!each(list, most, path, out, check)) return
  const seen = new Set<string>()
  list?.forEach((item, i) => {
    const k = key(item)
    if (seen.has(k)) out.push(duplicate(at(path, i), k))
    seen.add(k)
  })
}

/** A key that is too long is shown without its middle (truncateIfTooLong). */
const shortened = (text: string, most: number): string => {
  if (text.length <= most) return text
  const rest = most - 3
  return `${text.slice(0, Math.floor((rest + 1) / 2))}...${text.slice(text.length - Math.floor(rest / 2))}`
}

/** validateMap: keys in sorted order; errors of keys stand at the map. */
export function eachEntry<T>(map: Readonly<Record<string, T>> | undefined, most: number, keyLength: number, path: Path, out: Errors, key: (name: string) => void, check: (item: T, path: Path) => void): void {
  const names = Object.keys(map ?? {}).sort()
  if (most >= 0 && names.length > most) return void out.push(tooMany(path, names.length, most))
  for (const name of names) {
    key(name)
    check(map![name]!, at(path, shortened(name, Math.max(16, keyLength))))
  }
}

export function poolName(name: string | undefined, path: Path, out: Errors): void {
  if (!name) return void out.push(required(path))
  if (name.length > 253) out.push(tooLong(path, 253))
  for (const part of name.split('/')) named(isDns1123Subdomain, part, path, out)
}

function identifier(text: string, path: Path, out: Errors): void {
  if (text.length > 32) out.push(tooLong(path, 32))
  named(isCIdentifier, text, path, out)
}

/** An attribute or capacity: a C identifier, perhaps with a domain before it. */
export function attributeName(name: string, path: Path, out: Errors): void {
  const parts = name.split('/')
  if (parts.length === 1) return identifier(name, path, out)
  if (parts.length !== 2) return
  if (!parts[0]) out.push(invalidValue(path, '', 'the domain must not be empty'))
  else csiDriverName(parts[0], path, out)
  if (!parts[1]) out.push(invalidValue(path, '', 'the name must not be empty'))
  else identifier(parts[1], path, out)
}

export function fullAttributeName(name: string, path: Path, out: Errors): void {
  attributeName(name, path, out)
  if (!name.includes('/')) out.push(invalidValue(path, name, 'a fully qualified name must be a domain and a name separated by a slash'))
}

/** Parameters that only a driver understands: a JSON object of limited size. */
export function rawObject(value: JsonValue | undefined, most: number, path: Path, out: Errors): void {
  if (value === undefined || value === null) out.push(required(path))
  else if (byteCount(JSON.stringify(value)) > most) out.push(tooLong(path, most))
  else if (typeof value !== 'object' || Array.isArray(value)) out.push(invalidValue(path, '<value omitted>', 'must be a valid JSON object'))
}

export function configuration(c: DeviceConfiguration, path: Path, out: Errors): void {
  const here = child(path, 'opaque')
  if (!c.opaque) return void out.push(required(here))
  csiDriverName(c.opaque.driver, child(here, 'driver'), out)
  rawObject(c.opaque.parameters, MOST_PARAMETERS, child(here, 'parameters'), out)
}

export function selectors(list: readonly DeviceSelector[] | undefined, path: Path, out: Errors): void {
  each(list, 32, path, out, (s, here) => {
    const expression = child(here, 'cel.expression')
    if (!s.cel) out.push(required(child(here, 'cel')))
    else if (byteCount(s.cel.expression ?? '') > MOST_EXPRESSION) out.push(tooLong(expression, MOST_EXPRESSION))
    else deviceExpression(s.cel.expression ?? '', expression, out)
  })
}

const EFFECTS = ['NoExecute', 'NoSchedule', 'None']

export function deviceTaint(t: { readonly key?: string; readonly value?: string; readonly effect?: string }, path: Path, out: Errors): void {
  named(isQualifiedName, t.key ?? '', child(path, 'key'), out)
  if (t.value) named(isLabelValue, t.value, child(path, 'value'), out)
  if (!t.effect) out.push(required(child(path, 'effect')))
  else if (!EFFECTS.includes(t.effect)) out.push(notSupported(child(path, 'effect'), t.effect, EFFECTS))
}

export function deviceToleration(t: DeviceToleration, path: Path, out: Errors): void {
  if (t.key) named(isQualifiedName, t.key, child(path, 'key'), out)
  const value = t.value ?? ''
  if (t.operator === 'Exists') {
    if (value) out.push(invalidValue(child(path, 'value'), value, 'must be empty for operator `Exists`'))
  } else if (t.operator === 'Equal') named(isLabelValue, value, child(path, 'value'), out)
  else if (!t.operator) out.push(required(child(path, 'operator')))
  else out.push(notSupported(child(path, 'operator'), t.operator, ['Equal', 'Exists']))
  if (t.effect && !EFFECTS.includes(t.effect)) out.push(notSupported(child(path, 'effect'), t.effect, EFFECTS))
}

/** Conditions that a device waits for, and those that say it failed: both or none, and no overlap. */
export function bindingConditions(good: readonly string[] | undefined, bad: readonly string[] | undefined, path: Path, out: Errors): void {
  const [wanted, failed] = [good ?? [], bad ?? []]
  const [wantedPath, failedPath] = [child(path, 'bindingConditions'), child(path, 'bindingFailureConditions')]
  each(wanted, 4, wantedPath, out, (name, here) => named(isQualifiedName, name, here, out))
  each(failed, 4, failedPath, out, (name, here) => named(isQualifiedName, name, here, out))
  wanted.forEach((name, i) => void (wanted.indexOf(name) < i && out.push(duplicate(at(wantedPath, i), name))))
  failed.forEach((name, i) => {
    if (failed.indexOf(name) < i) out.push(duplicate(at(failedPath, i), name))
    if (wanted.includes(name)) out.push(invalidValue(at(failedPath, i), name, 'bindingFailureConditions must not overlap with bindingConditions'))
  })
  if (wanted.length === 0 && failed.length > 0) out.push(invalidValue(wantedPath, good ?? null, 'bindingConditions are required to use bindingFailureConditions'))
  if (failed.length === 0 && wanted.length > 0) out.push(invalidValue(failedPath, bad ?? null, 'bindingFailureConditions are required to use bindingConditions'))
}

