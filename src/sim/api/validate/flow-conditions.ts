import { at, child, duplicate, required, type Path } from '../field.ts'
import type { Condition } from '../meta.ts'
import type { Errors } from './simple.ts'

/** flowcontrol/validation: every condition has a type of its own. */
export function flowConditions(conditions: readonly Condition[] | undefined, path: Path, out: Errors): void {
  const seen = new Set<string>()
  ;(conditions ?? []).forEach((c, i) => {
    const here = child(at(path, i), 'type')
    const type = c.type ?? ''
    if (seen.has(type)) out.push(duplicate(here, type))
    seen.add(type)
    if (!type) out.push(required(here))
  })
}
