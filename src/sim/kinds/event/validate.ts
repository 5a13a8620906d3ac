import { invalidValue, required, type FieldError } from '../../api/field.ts'
import { byteLength } from '../../api/fnv.ts'
import { isDns1123Subdomain, isQualifiedName } from '../../api/names.ts'
import { named } from '../../api/validate/simple.ts'
import type { Event } from './event.ts'

function newStyle(e: Event, out: FieldError[]): void {
  const limit = (field: string, text: string | undefined, max: number, needed = true): void => {
    if (needed && !text) out.push(required(field))
    if (byteLength(text ?? '') > max) out.push(invalidValue(field, '', `can have at most ${max} characters`))
  }
  if (!e.involvedObject.namespace && e.metadata.namespace !== 'default' && e.metadata.namespace !== 'kube-system') {
    out.push(invalidValue('involvedObject.namespace', '', 'does not match event.namespace'))
  }
  if (!e.reportingComponent) out.push(required('reportingComponent'))
  named(isQualifiedName, e.reportingComponent ?? '', 'reportingComponent', out)
  limit('reportingInstance', e.reportingInstance, 128)
  limit('action', e.action, 128)
  limit('reason', e.reason, 128)
  limit('message', e.message, 1024, false)
}

/** core/validation: legacyValidateEvent, which is all that v1 asks of an event. */
export function validateEvent(e: Event): readonly FieldError[] {
  const out: FieldError[] = []
  const namespace = e.metadata.namespace ?? ''
  if (e.eventTime) newStyle(e, out)
  else {
    const about = e.involvedObject?.namespace ?? ''
    if (about === '' ? namespace !== '' && namespace !== 'default' : about !== namespace) {
      out.push(invalidValue('involvedObject.namespace', about, 'does not match event.namespace'))
    }
  }
  named(isDns1123Subdomain, namespace, 'namespace', out)
  return out
}

export const validateEventUpdate = (e: Event): readonly FieldError[] => validateEvent(e)
