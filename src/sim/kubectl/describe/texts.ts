import { humanDuration } from '../../api/human-duration.ts'
import { EPOCH_UNIX_SECONDS, parseTime, type Micros } from '../../engine/time.ts'
import type { ObjectMeta } from '../../api/meta.ts'
import { mapLines } from '../template-text.ts'
import { LAST_APPLIED } from '../last-applied.ts'

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 1123 with a numeric zone, as describe writes times: "Thu, 01 Jan 2026 00:00:07 +0000". */
export function dateText(timestamp: string | null | undefined): string {
  const at = parseTime(timestamp ?? undefined)
  if (at === undefined || !timestamp) return '<unknown>'
  const days = Math.floor((EPOCH_UNIX_SECONDS + Math.floor(at / 1_000_000)) / 86_400)
  return `${DAYS[days % 7]!}, ${timestamp.slice(8, 10)} ${MONTHS[Number(timestamp.slice(5, 7)) - 1]!} ${timestamp.slice(0, 4)} ${timestamp.slice(11, 19)} +0000`
}

const HIDDEN: ReadonlySet<string> = new Set([LAST_APPLIED])

export const labelLines = (meta: ObjectMeta): string => mapLines('', 'Labels', meta.labels, '=')

/** Annotations without that of apply; long or multi-line values go below their key. */
export function annotationLines(meta: ObjectMeta, title = 'Annotations'): string {
  const shown: Record<string, string> = {}
  for (const [k, v] of Object.entries(meta.annotations ?? {})) shown[k] = v
  const keys = Object.keys(shown).filter((k) => !HIDDEN.has(k)).sort()
  if (keys.length === 0) return `${title}:\t<none>\n`
  return keys
    .map((key, i) => {
      const value = shown[key]!.replace(/\n$/, '')
      const head = i === 0 ? `${title}:\t` : '\t'
      if (value.length + key.length + 2 <= 140 && !value.includes('\n')) return `${head}${key}: ${value}\n`
      return `${head}${key}:\n${value.split('\n').map((line) => `\t  ${line.length > 140 ? `${line.slice(0, 140)}...` : line}\n`).join('')}`
    })
    .join('')
}

/** "Terminating (lasts 5s)" of an object that is being deleted. */
export function leavingText({ deletionTimestamp }: ObjectMeta, now: Micros): string | undefined {
  const at = parseTime(deletionTimestamp ?? undefined)
  return at === undefined ? undefined : `Terminating (lasts ${humanDuration(now - at)})`
}
