import { forbiddenField, goQuote, invalidValue, notSupported, required, tooLong, type FieldError } from '../../api/field.ts'
import { badRequest, invalid, type Status } from '../../api/status.ts'
import type { RequestOptions } from '../rest.ts'
import { first, type Query } from './query.ts'

const META = 'meta.k8s.io'
const FIELD_MANAGER_MAX = 128
const VALIDATIONS: readonly string[] = ['', 'Ignore', 'Strict', 'Warn']

/** The refusal of options (apimachinery: meta/v1/validation), e.g. CreateOptions. */
export const refuseOptions = (kind: string, errors: readonly FieldError[]): Status | undefined =>
  errors.length ? invalid({ group: META, kind }, '', errors) : undefined

/** Go's complaint about a number or truth value, or undefined. */
export function notANumber(text: string): string | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? undefined : `strconv.ParseInt: parsing ${goQuote(text)}: value out of range`
  return `strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`
}
const notABoolean = (text: string): string | undefined =>
  /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text) ? undefined : `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`
const truth = (text: string): boolean => !/^(0|f|F|FALSE|false|False)$/.test(text)

/** A truth value of the query: absent is undefined, an empty one true (conversion of []string to bool). */
export const flag = (query: Query, name: string): boolean | undefined => (query.has(name) ? truth(first(query, name)) : undefined)

/** Parameters that do not convert, in the words of the parameter codec. */
export function malformed(query: Query, numbers: readonly string[], truths: readonly string[]): Status | undefined {
  for (const name of numbers) {
    const text = first(query, name)
    const wrong = text ? notANumber(text) : undefined
    if (wrong) return badRequest(wrong)
  }
  for (const name of truths) {
    const text = first(query, name)
    const wrong = text && !/^(0|false|1|true)$/i.test(text) ? notABoolean(text) : undefined
    if (wrong) return badRequest(wrong)
  }
  return undefined
}

function checkManager(manager: string): readonly FieldError[] {
  const errors: FieldError[] = manager.length > FIELD_MANAGER_MAX ? [tooLong('fieldManager', FIELD_MANAGER_MAX)] : []
  let i = 0
  for (const c of manager) {
    const code = c.codePointAt(0)!
    if (code < 0x20 || (code >= 0x7f && code < 0xa1) || code === 0xad) {
      errors.push(invalidValue('fieldManager', manager, `invalid character U+${code.toString(16).toUpperCase().padStart(4, '0')} (at position ${i})`))
    }
    i += c.length
  }
  return errors
}

export function checkDryRun(values: readonly string[]): readonly FieldError[] {
  return values.every((v) => v === 'All') ? [] : [notSupported('dryRun', values, ['All'])]
}

/** Errors that options of creations, updates and patches share. */
function checkWriteOptions(query: Query): readonly FieldError[] {
  const validation = first(query, 'fieldValidation')
  return [
    ...checkManager(first(query, 'fieldManager')),
    ...checkDryRun(query.get('dryRun') ?? []),
    ...(VALIDATIONS.includes(validation) ? [] : [notSupported('fieldValidation', validation, VALIDATIONS)]),
  ]
}

const WRITE_KINDS: Readonly<Record<string, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' }

/** Options of a writing request with their refusal; `isApply` for server-side apply. */
export function writeOptions(verb: 'create' | 'update' | 'patch', query: Query, isApply: boolean): RequestOptions | Status {
  const wrong = malformed(query, [], verb === 'patch' ? ['force'] : [])
  if (wrong) return wrong
  const force = flag(query, 'force')
  const own: FieldError[] = []
  if (verb === 'patch' && isApply && !first(query, 'fieldManager')) own.push(required('fieldManager', 'is required for apply patch'))
  if (verb === 'patch' && !isApply && force !== undefined) own.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  const refusal = refuseOptions(WRITE_KINDS[verb]!, [...own, ...checkWriteOptions(query)])
  if (refusal) return refusal
  const manager = first(query, 'fieldManager')
  const validation = first(query, 'fieldValidation')
  return {
    ...(query.get('dryRun')?.length ? { dryRun: true } : {}),
    ...(manager ? { fieldManager: manager } : {}),
    ...(force === undefined ? {} : { force }),
    fieldValidation: (validation || 'Warn') as RequestOptions['fieldValidation'],
  }
}

function checkListOptions(query: Query, isWatch: boolean): readonly FieldError[] {
  const match = first(query, 'resourceVersionMatch')
  const version = first(query, 'resourceVersion')
  const hasContinue = first(query, 'continue') !== ''
  const initial = query.has('sendInitialEvents')
  const errors: FieldError[] = []
  const refuse = (field: string, why: string): unknown => errors.push(forbiddenField(field, why))
  const M = 'resourceVersionMatch'
  if (isWatch) {
    if (initial && match !== 'NotOlderThan') refuse(M, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
    if (match) {
      if (!initial) refuse(M, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
      if (match !== 'NotOlderThan') errors.push(notSupported(M, match, ['NotOlderThan']))
      if (hasContinue) refuse(M, 'resourceVersionMatch is forbidden when continue is provided')
    }
    return errors
  }
  if (match) {
    if (!version) refuse(M, 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (hasContinue) refuse(M, 'resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(M, match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && version === '0') refuse(M, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (initial) refuse('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  return errors
}

/** Options of lists, watches and deletecollection. */
export function listOptions(query: Query, isWatch: boolean): RequestOptions | Status {
  const wrong = malformed(query, ['limit', 'timeoutSeconds'], ['watch', 'allowWatchBookmarks', 'sendInitialEvents'])
  if (wrong) return wrong
  const refusal = refuseOptions('ListOptions', checkListOptions(query, isWatch))
  if (refusal) return refusal
  const text = (name: string): string | undefined => first(query, name) || undefined
  const limit = Number(first(query, 'limit') || 0)
  return {
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch') as RequestOptions['resourceVersionMatch'],
    continue: text('continue'),
    ...(limit > 0 ? { limit } : {}),
  }
}

export interface DeleteOptionsBody {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly dryRun?: readonly string[]
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** Delete options as the query gives them where no body came. */
export function deleteOptionsOf(query: Query): DeleteOptionsBody | Status {
  const wrong = malformed(query, ['gracePeriodSeconds'], ['orphanDependents'])
  if (wrong) return wrong
  const grace = first(query, 'gracePeriodSeconds')
  const policy = first(query, 'propagationPolicy')
  const orphan = flag(query, 'orphanDependents')
  return {
    ...(grace ? { gracePeriodSeconds: Number(grace) } : {}),
    ...(policy ? { propagationPolicy: policy } : {}),
    ...(orphan === undefined ? {} : { orphanDependents: orphan }),
    ...(query.get('dryRun') ? { dryRun: query.get('dryRun') } : {}),
  }
}

const POLICIES: readonly string[] = ['Foreground', 'Background', 'Orphan']

/** Checks delete options and puts them in the server's form. */
export function checkDeleteOptions(given: DeleteOptionsBody): RequestOptions | Status {
  const errors: FieldError[] = []
  const policy = given.propagationPolicy
  if (given.orphanDependents !== undefined && policy !== undefined)
    errors.push(invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  if (policy !== undefined && !POLICIES.includes(policy)) errors.push(notSupported('propagationPolicy', policy, [...POLICIES, 'nil']))
  errors.push(...checkDryRun(given.dryRun ?? []))
  const refusal = refuseOptions('DeleteOptions', errors)
  if (refusal) return refusal
  const orphan = given.orphanDependents === undefined ? undefined : given.orphanDependents ? 'Orphan' : 'Background'
  return {
    ...(given.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: given.gracePeriodSeconds }),
    ...(policy ?? orphan ? { propagationPolicy: (policy ?? orphan) as RequestOptions['propagationPolicy'] } : {}),
    ...(given.dryRun?.length ? { dryRun: true } : {}),
    ...(given.preconditions ? { preconditions: given.preconditions } : {}),
  }
}
