import type { Sentence } from '../protocol.ts'
import { fixUnknownField } from './fields.ts'
import type { Finding, Fix } from './fix.ts'
import { fixMissing } from './missing.ts'
import { fixName } from './names.ts'
import { fixBase64, fixType, placesOf } from './types.ts'
import { explainVersion, fixVersion } from './versions.ts'
import { pathText } from './yaml-edit.ts'

export { fixFragment } from './fragment.ts'
export { fixUnreadable } from './unreadable.ts'
export type { Finding, Fix } from './fix.ts'

/** Ways to mend what a finding says, the likeliest first. */
export const fixesOf = (finding: Finding): readonly Fix[] =>
  [fixVersion(finding), ...fixUnknownField(finding), fixName(finding), fixType(finding), fixBase64(finding), ...fixMissing(finding)].filter((one): one is Fix => one !== undefined)

/** What is behind a finding, where the server's words do not say it. */
export const explain = (finding: Finding): Sentence | undefined => explainVersion(finding)

/** Where a decoder's message belongs, which names the field without list indexes; '' where that cannot be told. */
export function placeOfMessage(text: string, line: number, message: string): string {
  const place = placesOf(text, line, message)[0]
  return place ? pathText(place) : ''
}
