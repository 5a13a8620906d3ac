import type { DocumentText } from './split.ts'

/** What the API server takes in one request (--max-request-bytes of a JSON or YAML body). */
export const MAX_BYTES = 3 * 1024 * 1024
/** Deeper nesting than any schema has; keeps the parser's recursion bounded. */
export const MAX_DEPTH = 100
/** Values that aliases may add to a document. */
export const MAX_ALIASED = 100_000

export interface LimitProblem {
  readonly message: string
  readonly expected: string
  readonly offset: number
}

/** Refuses, before anything is parsed, what would take too long or too deep a recursion. */
export function checkLimits({ text }: DocumentText): LimitProblem | undefined {
  if (text.length > MAX_BYTES)
    return { message: `Request entity too large: limit is ${MAX_BYTES}`, expected: 'a document of at most 3 MiB', offset: 0 }
  // eslint-disable-next-line no-control-regex
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text)
  if (control) return { message: 'yaml: control characters are not allowed', expected: 'printable text', offset: control.index }
  const deep = tooDeep(text)
  return deep === undefined ? undefined : { message: `yaml: exceeded max depth of ${MAX_DEPTH}`, expected: `at most ${MAX_DEPTH} levels of nesting`, offset: deep }
}

/** Where the nesting exceeds the limit: brackets outside of quotes, or "- - - …" and indentation. */
function tooDeep(text: string): number | undefined {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 91 || c === 123) {
      if (++depth > MAX_DEPTH) return i
    } else if (c === 93 || c === 125) depth = Math.max(0, depth - 1)
    else if (c === 10 && text.charCodeAt(i + 1) !== 32) depth = 0
  }
  const dashes = /(?:^|\n)[ ]*(?:[-?] +){101,}/.exec(text)
  if (dashes) return dashes.index
  const levels: number[] = []
  for (const line of text.matchAll(/^( *)(?=\S)/gm)) {
    const width = line[1]!.length
    while (levels.length > 0 && levels.at(-1)! >= width) levels.pop()
    levels.push(width)
    if (levels.length > MAX_DEPTH) return line.index
  }
  return undefined
}
