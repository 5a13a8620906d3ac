/** Full versions of an image by the start of its tags; "latest" for tags that name none (stable, alpine …). */
export type Versions = Readonly<Record<string, string>>

/** The version that a tag stands for: "1.27-alpine" → "1.27.5", "1.14.2" as it is. */
export function versionOf(versions: Versions, tag: string): string {
  const wanted = /^\d+(\.\d+)*/.exec(tag)?.[0] ?? ''
  const known = versions[tag] ?? versions[wanted]
  if (known !== undefined) return known
  return wanted === '' ? versions['latest']! : wanted
}
