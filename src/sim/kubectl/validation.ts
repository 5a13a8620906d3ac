import type { RequestOptions } from '../client/request.ts'
import type { Invocation } from './context.ts'
import { fail } from './failure.ts'

/** What --validate asks of the server about fields that it does not know. */
export function validationOf(inv: Invocation): RequestOptions['fieldValidation'] {
  const value = inv.flags.text('validate')
  switch (value) {
    case '':
    case 'true':
    case 'strict':
      return 'Strict'
    case 'warn':
      return 'Warn'
    case 'false':
    case 'ignore':
      return 'Ignore'
    default:
      return fail(`invalid - validate option "${value}"; must be one of: strict (or true), warn, ignore (or false)`)
  }
}
