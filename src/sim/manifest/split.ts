/** One document of a stream: its text and the number of lines before it. */
export interface DocumentText {
  readonly text: string
  readonly lineOffset: number
}

/** Cuts a stream at lines that begin with "---" (apimachinery: util/yaml, splitYAMLDocument; what follows on that line is dropped). */
export function splitDocuments(stream: string): readonly DocumentText[] {
  const out: DocumentText[] = []
  const text = stream.replace(/^\uFEFF/, '')
  const separator = /^---.*$/gm
  let start = 0
  let line = 0
  for (;;) {
    const found = separator.exec(text)
    const end = found ? found.index : text.length
    const part = text.slice(start, end)
    out.push({ text: part, lineOffset: line })
    if (!found) return out
    line += newlines(part)
    start = Math.min(text.length, found.index + found[0].length + 1)
    line += 1
    separator.lastIndex = start
  }
}

function newlines(text: string): number {
  let count = 0
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) count++
  return count
}

/**
 * The objects of a stream of JSON, one after the other without separators (what kubectl reads when a file begins with a
 * brace). Undefined where a brace is never closed.
 */
export function splitJson(stream: string): readonly DocumentText[] | undefined {
  const out: DocumentText[] = []
  let depth = 0
  let start = 0
  let quoted = false
  for (let i = 0; i < stream.length; i++) {
    const c = stream[i]!
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '{' || c === '[') depth++
    else if ((c === '}' || c === ']') && --depth === 0) {
      out.push({ text: stream.slice(start, i + 1), lineOffset: newlines(stream.slice(0, start)) })
      start = i + 1
    }
  }
  if (depth > 0) return undefined
  return /\S/.test(stream.slice(start)) ? [...out, { text: stream.slice(start), lineOffset: newlines(stream.slice(0, start)) }] : out
}
