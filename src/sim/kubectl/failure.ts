import type { Status } from '../api/status.ts'

/** Thrown by a verb to end with a text on stderr and an exit code. The only thing that the runner catches. */
export class Failure {
  constructor(
    readonly text: string,
    readonly code = 1,
  ) {}
}

/** Ends the command with "error: …". */
export function fail(message: string): never {
  throw new Failure(`error: ${message}`)
}

/** Ends the command with a usage error that points to its help. */
export const usage = (path: string, message: string): never => fail(`${message}\nSee 'kubectl ${path} -h' for help and examples`)

/** How kubectl reports a refusal of the server (cmd/util: StandardErrorMessage, checkErr). `source` says what was being done. */
export function statusText(status: Status, source = ''): string {
  const message = status.message ?? 'unknown error'
  if (status.reason === 'Invalid') return invalidText(status, source)
  if (status.reason === 'Unauthorized') return 'error: You must be logged in to the server (Unauthorized)'
  const text = source ? `${source}: ${message}` : message
  return status.reason ? `Error from server (${status.reason}): ${text}` : `Error from server: ${text}`
}

function invalidText(status: Status, source: string): string {
  const { details } = status
  const head = details?.kind ? `The ${details.kind} "${details.name ?? ''}" is invalid` : 'The request is invalid'
  const causes = (details?.causes ?? []).map((c) => (c.field ? `${c.field}: ${c.message ?? ''}` : (c.message ?? '')))
  const said = [...new Set(causes)]
  if (!details) return `${head}: ${source ? `${source}: ` : ''}${status.message ?? ''}`
  if (said.length === 0) return `${head}: ${status.message ?? ''}`
  return said.length === 1 ? `${head}: ${said[0]}` : `${head}: \n${said.map((c) => `* ${c}`).join('\n')}`
}

interface ListRequest {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly options?: { readonly labelSelector?: string; readonly fieldSelector?: string }
}

/** The refusal of a list with selectors, which kubectl puts into a sentence (cli-runtime: EnhanceListError). */
export function listStatusText(status: Status, { group, version, resource, options = {} }: ListRequest): string {
  const { labelSelector = '', fieldSelector = '' } = options
  if ((status.reason !== 'BadRequest' && status.reason !== 'NotFound') || !(labelSelector || fieldSelector)) return statusText(status)
  const selected = `label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}`
  return statusText({ ...status, message: `Unable to find "${group}/${version}, Resource=${resource}" that match ${selected}: ${status.message ?? ''}` })
}

/** Ends the command with the server's refusal. */
export function refuse(status: Status, source = ''): never {
  throw new Failure(statusText(status, source))
}
