import { at, child, duplicate, invalidValue, notSupported, required, tooLong, type Path } from '../field.ts'
import type { Condition } from '../meta.ts'
import { isQualifiedName, regexComplaint } from '../names.ts'
import { named, type Errors } from './simple.ts'

const REASON = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const REASON_RE = new RegExp(`^${REASON}$`)
const REASON_WORDS = "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
const STATUSES = ['False', 'True', 'Unknown']

function reasonOf(reason: string | undefined, path: Path, out: Errors): void {
  if (!reason) return void out.push(required(path))
  if (!REASON_RE.test(reason)) out.push(invalidValue(path, reason, regexComplaint(REASON_WORDS, REASON, 'my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB')))
  if (reason.length > 1024) out.push(tooLong(path, 1024))
}

/** metav1/validation: ValidateConditions, for kinds with the standard condition type. */
export function conditions(list: readonly Condition[] | undefined, path: Path, out: Errors): void {
  const seen = new Set<string>()
  list?.forEach((c, i) => {
    const here = at(path, i)
    const type = c.type ?? ''
    if (seen.has(type)) out.push(duplicate(child(here, 'type'), type))
    seen.add(type)
    named(isQualifiedName, type, child(here, 'type'), out)
    if (!STATUSES.includes(c.status)) out.push(notSupported(child(here, 'status'), c.status ?? '', STATUSES))
    if ((c.observedGeneration ?? 0) < 0) out.push(invalidValue(child(here, 'observedGeneration'), c.observedGeneration, 'must be greater than or equal to zero'))
    if (!c.lastTransitionTime) out.push(required(child(here, 'lastTransitionTime')))
    reasonOf(c.reason, child(here, 'reason'), out)
    if ((c.message ?? '').length > 32 * 1024) out.push(tooLong(child(here, 'message'), 32 * 1024))
  })
}
