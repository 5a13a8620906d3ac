import { goQuote } from '../api/field.ts'
import { fieldsMatch, parseFieldSelector, type FieldSelector } from '../api/fields.ts'
import { EVERYTHING, matches } from '../api/labels.ts'
import type { KubeObject } from '../api/meta.ts'
import { parseSelector } from '../api/selector-syntax.ts'
import { badRequest, type Status } from '../api/status.ts'
import type { KindDefinition } from '../kinds/definition.ts'

export type Matcher = (object: KubeObject) => boolean

/** What a field selector may look at: name, namespace and what the kind offers (registry: SelectableFields). */
export const selectableFields = (kind: KindDefinition, object: KubeObject): Readonly<Record<string, string>> => ({
  'metadata.name': object.metadata.name,
  ...(kind.namespaced ? { 'metadata.namespace': object.metadata.namespace ?? '' } : {}),
  ...(kind.selectableFields ?? MORE_FIELDS[`${kind.group}/${kind.plural}`])?.(object),
})

/** Checks both selectors; a Status where one does not parse or names a field that this kind does not offer. */
export function checkSelectors(kind: KindDefinition, labelSelector?: string, fieldSelector?: string): Status | undefined {
  if (labelSelector) {
    const parsed = parseSelector(labelSelector)
    if (typeof parsed === 'string') return badRequest(parsed)
  }
  if (!fieldSelector) return undefined
  const parsed = parseFieldSelector(fieldSelector)
  if (typeof parsed === 'string') return badRequest(parsed)
  const wording = WORDINGS[`${kind.group}/${kind.plural}`]
  const known = wording || kind.custom ? selectableFields(kind, { apiVersion: '', kind: kind.kind, metadata: { name: '' } }) : ONLY_NAMES
  const strange = parsed.find((term) => !(term.field in known))
  if (!strange) return undefined
  return badRequest(wording ? wording(strange.field) : kind.custom ? unsupported(strange.field) : `${goQuote(strange.field)} is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

const ONLY_NAMES: Readonly<Record<string, string>> = { 'metadata.name': '', 'metadata.namespace': '' }
const unsupported = (field: string): string => `field label not supported: ${field}`

/** Kinds that convert field labels themselves, with their words for one that they do not have (pkg/apis: conversion.go). */
const WORDINGS: Readonly<Partial<Record<string, (field: string) => string>>> = {
  '/pods': unsupported, '/nodes': unsupported, '/namespaces': unsupported, '/secrets': unsupported, '/services': unsupported, '/events': unsupported,
  'events.k8s.io/events': unsupported, '/replicationcontrollers': unsupported, 'certificates.k8s.io/certificatesigningrequests': unsupported,
  'batch/jobs': (field) => `field label ${goQuote(field)} not supported for Job`,
  'resource.k8s.io/resourceslices': (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
}

/** Selectable fields of kinds that have no folder of their own to say them. */
const MORE_FIELDS: Readonly<Record<string, (object: KubeObject) => Readonly<Record<string, string>>>> = {
  'certificates.k8s.io/certificatesigningrequests': ({ spec }) => ({ 'spec.signerName': (spec as { signerName?: string } | undefined)?.signerName ?? '' }),
  'resource.k8s.io/resourceslices': ({ spec }) => {
    const { nodeName, driver } = (spec ?? {}) as { nodeName?: string; driver?: string }
    return { 'spec.nodeName': nodeName ?? '', 'spec.driver': driver ?? '' }
  },
  'events.k8s.io/events': (object) => {
    const { regarding = {}, reason = '', reportingController = '', type = '' } = object as KubeObject & { regarding?: Readonly<Record<string, string>>; reason?: string; reportingController?: string; type?: string }
    const about = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map((part) => [`regarding.${part}`, regarding[part] ?? ''])
    return { ...Object.fromEntries(about), reason, reportingController, type }
  },
}

/** Fields that every kind which offers them reads at their own path: watches of pods ask them at every change. */
const DIRECT: ReadonlyMap<string, (object: KubeObject) => string> = new Map([
  ['metadata.name', ({ metadata }) => metadata.name],
  ['metadata.namespace', ({ metadata }) => metadata.namespace ?? ''],
  ['spec.nodeName', ({ spec }) => (spec as { nodeName?: string } | undefined)?.nodeName ?? ''],
  ['status.phase', ({ status }) => (status as { phase?: string } | undefined)?.phase ?? ''],
])

/** The terms of a field selector as a predicate; all fields that the kind offers are made only where some must be worked out. */
function fieldsMatcher(kind: KindDefinition, terms: FieldSelector): Matcher {
  const direct = terms.map(({ field, operator, value }) => ({ read: DIRECT.get(field), value, equal: operator === '=' }))
  if (direct.some(({ read }) => !read)) return (object) => fieldsMatch(terms, selectableFields(kind, object))
  return (object) => {
    for (const { read, value, equal } of direct) if ((read!(object) === value) !== equal) return false
    return true
  }
}

const ALL: Matcher = () => true

/** Both selectors and the namespace as one predicate. Call checkSelectors first. */
export function matcher(kind: KindDefinition, namespace?: string, labelSelector?: string, fieldSelector?: string): Matcher {
  if (!namespace && !labelSelector && !fieldSelector) return ALL
  const labels = labelSelector ? parseSelector(labelSelector) : EVERYTHING
  const terms = fieldSelector ? parseFieldSelector(fieldSelector) : []
  const fields: Matcher = typeof terms === 'string' ? () => false : terms.length === 0 ? ALL : fieldsMatcher(kind, terms)
  return (object) => {
    if (namespace && object.metadata.namespace !== namespace) return false
    if (labelSelector && (typeof labels === 'string' || !matches(labels, object.metadata.labels))) return false
    return fields(object)
  }
}
