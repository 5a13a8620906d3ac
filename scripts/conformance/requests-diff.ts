import type { HttpRequest } from '../../src/sim/apiserver/http/message.ts'

const MOST_LINES = 12
const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 420 ? `${text.slice(0, 420)} …` : text
}

function differences(got: unknown, want: unknown, path: string, out: string[]): void {
  if (out.length >= MOST_LINES || JSON.stringify(got) === JSON.stringify(want)) return
  const both = [got, want]
  const areMaps = both.every((v) => typeof v === 'object' && v !== null && !Array.isArray(v))
  const areLists = both.every((v) => Array.isArray(v)) && (got as unknown[]).length === (want as unknown[]).length
  if (areMaps || areLists) {
    const a = got as Record<string, unknown>
    const b = want as Record<string, unknown>
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) if (key !== 'unordered') differences(a[key], b[key], `${path}/${key}`, out)
    return
  }
  out.push(`    ${path || '/'}\n      got  ${short(got)}\n      want ${short(want)}`)
}

/** What differs between an answer and the recorded one, for a person. */
export function explain(request: HttpRequest & { readonly bodyFrom?: unknown }, got: unknown, want: unknown): string {
  const out: string[] = []
  differences(got, want, '', out)
  const asked = `    ${request.method} ${request.path}${request.query ? `?${request.query}` : ''} ${short(request.body ?? request.bodyFrom ?? '')}`
  return [asked, ...out].join('\n')
}
