import { ErrorList, type FieldError } from './field.ts'

export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** What the API server answers instead of an object (`metav1.Status`). Errors are values here, never thrown. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly resourceVersion?: string }
  readonly status: 'Failure' | 'Success'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

export interface GroupResource {
  readonly group: string
  readonly resource: string
}
export interface GroupKind {
  readonly group: string
  readonly kind: string
}

/** True for an answer that refuses: a Status with `status: Failure`. */
export function isStatus(value: unknown): value is Status {
  if (typeof value !== 'object' || value === null) return false
  const s = value as Partial<Status>
  return s.kind === 'Status' && s.status === 'Failure'
}
const hasReason = (value: unknown, reason: string): boolean => isStatus(value) && value.reason === reason
export const isNotFound = (value: unknown): boolean => hasReason(value, 'NotFound')
export const isConflict = (value: unknown): boolean => hasReason(value, 'Conflict')
export const isAlreadyExists = (value: unknown): boolean => hasReason(value, 'AlreadyExists')
export const isInvalid = (value: unknown): boolean => hasReason(value, 'Invalid')
export const isForbidden = (value: unknown): boolean => hasReason(value, 'Forbidden')

/** Is this refusal because the namespace is going away (apierrors.HasStatusCause NamespaceTerminating)? */
export const isNamespaceTerminating = (value: unknown): boolean =>
  isStatus(value) && (value.details?.causes ?? []).some((c) => c.reason === 'NamespaceTerminating')

export const groupResourceText = (gr: GroupResource): string => (gr.group ? `${gr.resource}.${gr.group}` : gr.resource)
export const groupKindText = (gk: GroupKind): string => (gk.group ? `${gk.kind}.${gk.group}` : gk.kind)

const failure = (code: number, reason: string | undefined, message: string, details?: StatusDetails): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  ...(reason ? { reason } : {}),
  ...(details ? { details } : {}),
  code,
})

const about = (gr: GroupResource, name: string): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(gr.group ? { group: gr.group } : {}),
  ...(gr.resource ? { kind: gr.resource } : {}),
})

/** Go's %q for the plain texts that occur in names and messages. */
export const quote = (text: string): string => JSON.stringify(text)

export const notFound = (gr: GroupResource, name: string): Status =>
  failure(404, 'NotFound', `${groupResourceText(gr)} ${quote(name)} not found`, about(gr, name))

export const alreadyExists = (gr: GroupResource, name: string): Status =>
  failure(409, 'AlreadyExists', `${groupResourceText(gr)} ${quote(name)} already exists`, about(gr, name))

/** The refusal of generateName after all attempts collided (apierrors.NewGenerateNameConflict). */
export const generateNameConflict = (gr: GroupResource, name: string, retryAfterSeconds: number): Status =>
  failure(
    409,
    'AlreadyExists',
    `${groupResourceText(gr)} ${quote(name)} already exists, the server was not able to generate a unique name for the object`,
    { ...about(gr, name), retryAfterSeconds },
  )

export const conflict = (gr: GroupResource, name: string, why: string): Status =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${groupResourceText(gr)} ${quote(name)}: ${why}`, about(gr, name))

export const OPTIMISTIC_LOCK = 'the object has been modified; please apply your changes to the latest version and try again'

export function forbidden(gr: GroupResource, name: string, why: string, causes?: readonly StatusCause[]): Status {
  const resource = groupResourceText(gr)
  const message = !resource ? `forbidden: ${why}` : !name ? `${resource} is forbidden: ${why}` : `${resource} ${quote(name)} is forbidden: ${why}`
  return failure(403, 'Forbidden', message, { ...about(gr, name), ...(causes ? { causes } : {}) })
}

/** 422 with one cause a field error; equal messages are said once, as Kubernetes' aggregate does. */
export function invalid(gk: GroupKind, name: string, errors: readonly FieldError[]): Status {
  const list = ErrorList.text(errors)
  const head = `${groupKindText(gk)} ${quote(name)} is invalid`
  return failure(422, 'Invalid', list ? `${head}: ${list}` : head, {
    ...(name ? { name } : {}),
    ...(gk.group ? { group: gk.group } : {}),
    ...(gk.kind ? { kind: gk.kind } : {}),
    ...(errors.length ? { causes: errors.map((e) => ErrorList.cause(e)) } : {}),
  })
}

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message)
export const unauthorized = (message = 'Unauthorized'): Status => failure(401, 'Unauthorized', message)
export const gone = (message: string): Status => failure(410, 'Gone', message)
export const expired = (message: string): Status => failure(410, 'Expired', message)

export const methodNotSupported = (gr: GroupResource, action: string): Status =>
  failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind ${quote(groupResourceText(gr))}`, about(gr, ''))

export const tooManyRequests = (message: string, retryAfterSeconds: number, causes?: readonly StatusCause[]): Status =>
  failure(429, 'TooManyRequests', message, {
    ...(causes ? { causes } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  })

export const requestEntityTooLarge = (message: string): Status =>
  failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`)

export const unsupportedMediaType = (message: string): Status => failure(415, 'UnsupportedMediaType', message)
export const notAcceptable = (message: string): Status => failure(406, 'NotAcceptable', message)

export const internalError = (why: string): Status =>
  failure(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] })

/** A plain 500 as the server writes it for an error that is no API status (responsewriters.ErrorToAPIStatus). */
export const unknownError = (message: string, code = 500): Status => failure(code, undefined, message)

export const serverTimeout = (gr: GroupResource, operation: string, retryAfterSeconds: number): Status =>
  failure(
    500,
    'ServerTimeout',
    `The ${operation} operation against ${groupResourceText(gr)} could not be completed at this time, please try again.`,
    { ...about(gr, operation), ...(retryAfterSeconds ? { retryAfterSeconds } : {}) },
  )

export const timeout = (message: string, retryAfterSeconds = 0): Status =>
  failure(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds ? { retryAfterSeconds } : {})

export const serviceUnavailable = (why: string): Status => failure(503, 'ServiceUnavailable', why)

/** 404 for a path that names no resource. */
export const resourceNotFound = (): Status => failure(404, 'NotFound', 'the server could not find the requested resource', {})

/** The answer to a deletion that returns no object. */
export const success = (gr: GroupResource, name: string, uid: string | undefined): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { ...about(gr, name), ...(uid ? { uid } : {}) },
  code: 200,
})
