import { required, type FieldError } from '../../api/field.ts'
import { immutable } from '../../api/validate-meta.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import type { ControllerRevision } from './controllerrevision.ts'

/** apps/validation: ValidateControllerRevisionCreate. */
export function validateControllerRevision(r: ControllerRevision): readonly FieldError[] {
  const out: FieldError[] = []
  nonNegative(r.revision, 'revision', out)
  const data: unknown = r.data
  if (data === undefined || data === null) out.push(required('data', 'data is mandatory'))
  else if (typeof data !== 'object' || Array.isArray(data)) out.push(required('data', 'data must be a valid JSON object'))
  return out
}

export function validateControllerRevisionUpdate(r: ControllerRevision, old: ControllerRevision): readonly FieldError[] {
  const out: FieldError[] = []
  nonNegative(r.revision, 'revision', out)
  immutable(r.data, old.data, 'data', out)
  return out
}
