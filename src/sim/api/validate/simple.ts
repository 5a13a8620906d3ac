import type { FamiliarSet } from '../familiar.ts'
import { invalidValue, notSupported, required, type FieldError, type Path } from '../field.ts'
import type { IntOrString } from '../meta.ts'
import { isPercent, type NameCheck } from '../names.ts'

/** Field errors are collected into a list that the caller owns; nothing is allocated while all is well. */
export type Errors = FieldError[]

/**
 * Runs a check unless the same immutable part passed it before: pods of one template share their probes, ports and
 * resources, so each is looked at once.
 */
export function once<T extends object>(sound: FamiliarSet, part: T | undefined, path: Path, out: Errors, check: (part: T, path: Path, out: Errors) => void): void {
  if (part === undefined || sound.has(part)) return
  const before = out.length
  check(part, path, out)
  if (out.length === before) sound.add(part)
}

/** What stood in a list before. Most lists have one item, which needs no set. */
export class Seen {
  #first: string | undefined
  #others: Set<string> | undefined

  has(text: string): boolean {
    return text === this.#first || this.#others?.has(text) === true
  }

  add(text: string): void {
    if (this.#first === undefined) this.#first = text
    else (this.#others ??= new Set()).add(text)
  }
}

export function nonNegative(n: number | undefined, path: Path, out: Errors): void {
  if (n !== undefined && n < 0) out.push(invalidValue(path, n, 'must be greater than or equal to 0'))
}
export function positive(n: number | undefined, path: Path, out: Errors): void {
  if (n !== undefined && n <= 0) out.push(invalidValue(path, n, 'must be greater than 0'))
}

/** The older wording of the same rule (ValidatePositiveField). */
export function aboveZero(n: number | undefined, path: Path, out: Errors): void {
  if (n !== undefined && n <= 0) out.push(invalidValue(path, n, 'must be greater than zero'))
}

/** One error a complaint of a name check. */
export function named(check: NameCheck, text: string, path: Path, out: Errors): void {
  const complaints = check(text)
  for (const m of complaints) out.push(invalidValue(path, text, m))
}

/** Required, and one of the given texts (listed in that order). */
export function oneOf(value: string | undefined, valid: readonly string[], path: Path, out: Errors): void {
  if (!value) out.push(required(path))
  else if (!valid.includes(value)) out.push(notSupported(path, value, valid))
}

/** apps/validation: ValidatePositiveIntOrPercent. */
export function intOrPercent(v: IntOrString | undefined, path: Path, out: Errors): void {
  if (typeof v === 'string') for (const m of isPercent(v)) out.push(invalidValue(path, v, m))
  else nonNegative(v, path, out)
}

/** The number of a percentage or integer; 0 for malformed texts. */
export const intOrPercentNumber = (v: IntOrString | undefined): number =>
  typeof v === 'number' ? v : v === undefined ? 0 : isPercent(v).length === 0 ? Number(v.slice(0, -1)) : /^[+-]?\d+$/.test(v) ? Number(v) : 0

export function atMost100Percent(v: IntOrString | undefined, path: Path, out: Errors): void {
  if (typeof v === 'string' && isPercent(v).length === 0 && Number(v.slice(0, -1)) > 100) out.push(invalidValue(path, v, 'must not be greater than 100%'))
}
