import { deepEqual } from '../../api/deep.ts'
import { invalidValue, required, type FieldError } from '../../api/field.ts'
import { longerThan } from '../../api/bytes.ts'
import { goInternal } from '../../api/go-internal.ts'
import { isDns1123Subdomain, isQualifiedName } from '../../api/names.ts'
import { FIELD_IMMUTABLE, validateObjectMeta } from '../../api/validate-meta.ts'
import { named } from '../../api/validate/simple.ts'
import type { Event } from './event.ts'

/** Events with a time are of the new style. `reporting` is what the version calls its controller. */
function newStyle(e: Event, reporting: string, out: FieldError[]): void {
  const limit = (field: string, text: string | undefined, max: number, needed = true): void => {
    if (needed && !text) out.push(required(field))
    if (text && longerThan(text, max)) out.push(invalidValue(field, '', `can have at most ${max} characters`))
  }
  if (!e.involvedObject?.namespace && e.metadata.namespace !== 'default' && e.metadata.namespace !== 'kube-system') {
    out.push(invalidValue('involvedObject.namespace', '', 'does not match event.namespace'))
  }
  if (!e.reportingComponent) out.push(required(reporting))
  named(isQualifiedName, e.reportingComponent ?? '', reporting, out)
  limit('reportingInstance', e.reportingInstance, 128)
  limit('action', e.action, 128)
  limit('reason', e.reason, 128)
  limit('message', e.message, 1024, false)
}

/** core/validation: legacyValidateEvent, which is all that v1 asks of an event. */
function legacy(e: Event, reporting: string): FieldError[] {
  const out: FieldError[] = []
  const namespace = e.metadata.namespace ?? ''
  if (e.eventTime) newStyle(e, reporting, out)
  else {
    const about = e.involvedObject?.namespace ?? ''
    if (about === '' ? namespace !== '' && namespace !== 'default' : about !== namespace) {
      out.push(invalidValue('involvedObject.namespace', about, 'does not match event.namespace'))
    }
  }
  named(isDns1123Subdomain, namespace, 'namespace', out)
  return out
}

export const validateEvent = (e: Event): readonly FieldError[] => legacy(e, 'reportingComponent')

function series(e: Event, out: FieldError[]): void {
  if (!e.series) return
  if ((e.series.count ?? 0) < 2) out.push(invalidValue('series.count', '', 'should be at least 2'))
  if (!e.series.lastObservedTime) out.push(required('series.lastObservedTime'))
}

/** core/validation: ValidateEventCreate for events.k8s.io/v1, which looks at the metadata itself. */
export function validateNewEvent(e: Event): readonly FieldError[] {
  const out = legacy(e, 'reportingController')
  out.push(...validateObjectMeta(e.metadata, true, isDns1123Subdomain))
  series(e, out)
  if (!e.eventTime) out.push(required('eventTime'))
  if (e.type !== 'Normal' && e.type !== 'Warning') out.push(invalidValue('type', '', `has invalid value: ${e.type ?? ''}`))
  const unset = (field: string, isSet: boolean): void => void (isSet && out.push(invalidValue(field, '', 'needs to be unset')))
  unset('firstTimestamp', !!e.firstTimestamp)
  unset('lastTimestamp', !!e.lastTimestamp)
  unset('count', !!e.count)
  unset('source', !!e.source?.component || !!e.source?.host)
  return out
}

const zero = <T>(value: T | null | undefined, otherwise: T): T => value ?? otherwise

/** core/validation: ValidateEventUpdate for events.k8s.io/v1: only the series may change. */
export function validateNewEventUpdate(e: Event, old: Event): readonly FieldError[] {
  const out = legacy(e, 'reportingController')
  if (!deepEqual(e.series, old.series)) series(e, out)
  const fixed = (path: string, next: unknown, was: unknown, shown: unknown = next): void => {
    if (!deepEqual(next, was)) out.push(invalidValue(path, shown, FIELD_IMMUTABLE))
  }
  fixed('involvedObject', zero(e.involvedObject, {}), zero(old.involvedObject, {}), goInternal('core.ObjectReference', e.involvedObject))
  fixed('reason', zero(e.reason, ''), zero(old.reason, ''))
  fixed('message', zero(e.message, ''), zero(old.message, ''))
  fixed('source', zero(e.source, {}), zero(old.source, {}), goInternal('core.EventSource', e.source))
  fixed('firstTimestamp', zero<string | null>(e.firstTimestamp, null), zero<string | null>(old.firstTimestamp, null))
  fixed('lastTimestamp', zero<string | null>(e.lastTimestamp, null), zero<string | null>(old.lastTimestamp, null))
  fixed('count', zero(e.count, 0), zero(old.count, 0))
  fixed('reason', zero(e.reason, ''), zero(old.reason, ''))
  fixed('type', zero(e.type, ''), zero(old.type, ''))
  fixed('eventTime', zero<string | null>(e.eventTime, null), zero<string | null>(old.eventTime, null))
  fixed('action', zero(e.action, ''), zero(old.action, ''))
  fixed('related', zero<object | null>(e.related, null), zero<object | null>(old.related, null), e.related ? goInternal('core.ObjectReference', e.related) : null)
  fixed('reportingController', zero(e.reportingComponent, ''), zero(old.reportingComponent, ''))
  fixed('reportingInstance', zero(e.reportingInstance, ''), zero(old.reportingInstance, ''))
  return out
}
