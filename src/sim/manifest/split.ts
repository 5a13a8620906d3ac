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
