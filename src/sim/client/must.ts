import { isNamespaceTerminating, isStatus, type Status } from '../api/status.ts'
import type { Answer, ReconcileResult } from './reconcile-context.ts'

/** An API refusal that ends a sync: the way in which Go's reconcilers return `err` early. Only `retrying` catches it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  constructor(readonly why: Status | string) {
    super(typeof why === 'string' ? why : (why.message ?? 'unknown refusal'))
  }
}

/** The answer, or throws Refused. */
export function must<T>(answer: Answer<T>): T {
  if (isStatus(answer)) throw new Refused(answer)
  return answer as T
}

/** Runs a sync; a refusal that it did not handle becomes a retry with back-off. Anything else thrown passes. */
export function retrying(sync: () => ReconcileResult): ReconcileResult {
  try {
    return sync()
  } catch (thrown) {
    if (thrown instanceof Refused) return { retry: thrown.message }
    throw thrown
  }
}

/** As `retrying`, but gives up without retry while the namespace is going away. */
export const retryingUnlessTerminating = (sync: () => ReconcileResult): ReconcileResult => {
  try {
    return sync()
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown
    return isNamespaceTerminating(thrown.why) ? undefined : { retry: thrown.message }
  }
}
