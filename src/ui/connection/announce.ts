import i18next from 'i18next'
import type { Status } from '../kit/status.ts'
import { toast } from '../kit/toasts.ts'

/** Shows a message: `text` as it is, or the text `key` of namespace "session" with `text` as its detail. */
export function say(status: Status, text: string, key?: string): void {
  toast({ status, text: key === undefined ? text : i18next.t(key, { ns: 'session', detail: text }) })
}

/** Shows a failure. */
export function report(error: unknown, key?: string): void {
  say('bad', error instanceof Error ? error.message : String(error), key)
}
