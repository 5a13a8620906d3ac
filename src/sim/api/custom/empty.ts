/** Is nothing said: only undefined members, empty texts, lists and maps, false and null? */
export function isDeepStrictEmpty(value: object): boolean {
  const map = value as Readonly<Record<string, unknown>>
  for (const key in map) {
    const v = map[key]
    if (v === undefined || v === null || v === '' || v === false) continue
    if (Array.isArray(v) && v.length === 0) continue
    if (typeof v === 'object' && !Array.isArray(v) && Object.keys(v).length === 0) continue
    return false
  }
  return true
}
