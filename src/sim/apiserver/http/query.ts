/** A query string's values by name, in order; malformed escapes stay as they are written. */
export type Query = ReadonlyMap<string, readonly string[]>

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}

export function parseQuery(text: string | undefined): Query {
  const out = new Map<string, string[]>()
  for (const part of (text ?? '').split('&')) {
    if (!part) continue
    const equals = part.indexOf('=')
    const name = decoded(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : decoded(part.slice(equals + 1))
    const list = out.get(name)
    if (list) list.push(value)
    else out.set(name, [value])
  }
  return out
}

/** The first value of a parameter, as Go's url.Values.Get reads it; '' when absent. */
export const first = (query: Query, name: string): string => query.get(name)?.[0] ?? ''
