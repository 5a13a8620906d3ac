import { fix, type Fix } from './fix.ts'

/** Ways to mend a text that is no YAML: what copying from a page, a chat or a terminal does to it. */
export function fixUnreadable(text: string): readonly Fix[] {
  return [tabs(text), prompt(text), dots(text), indentation(text)].filter((found): found is Fix => found !== undefined)
}

/** Tabs at the beginning of lines become two spaces each; one between a dash and its key becomes a space. */
function tabs(text: string): Fix | undefined {
  const mended = text
    .split('\n')
    .map((line) => line.replace(/^[ \t]+/, (space) => space.replaceAll('\t', '  ')).replace(/^( *-)\t+/, '$1 '))
    .join('\n')
  return mended === text ? undefined : fix('tabs', {}, mended)
}

/** The command line whose output was copied along. */
function prompt(text: string): Fix | undefined {
  const mended = text.replace(/^[ \t]*[$#>] *(?:kubectl|cat|k) .*\n/gm, '')
  return mended === text ? undefined : fix('prompt', {}, mended)
}

/** A line of three dots ends a document; who writes it means "and so on". */
export function dots(text: string): Fix | undefined {
  const mended = text.replace(/^[ \t]*\.\.\.[ \t]*(?:\n|$)/gm, '')
  return mended === text ? undefined : fix('dots', {}, mended)
}

const TOP = /^( *)(apiVersion|kind|metadata|spec|status|data|stringData|binaryData|type|rules|subjects|roleRef|webhooks|provisioner|parameters)\s*:/

/** Top-level keys that stand at different depths go to the margin, each with the lines below it. */
function indentation(text: string): Fix | undefined {
  const lines = text.split('\n')
  const depths = lines.flatMap((line) => TOP.exec(line)?.[1]?.length ?? [])
  const least = Math.min(...depths)
  if (depths.every((depth) => depth === 0)) return undefined
  const hasMargin = least === 0
  let shift = 0
  let expected = 0
  let first = true
  const mended = lines.map((line) => {
    const top = TOP.exec(line)
    const depth = /^ */.exec(line)![0].length
    // A key of the margin's set that is deeper than its block is a field like any other.
    if (top && (first || depth <= expected + 1 || !hasMargin) && depth < 4) {
      first = false
      shift = depth
      expected = depth
    } else if (line.trim() !== '' && depth < shift) shift = depth
    return line.slice(Math.min(shift, depth))
  })
  const out = mended.join('\n')
  return out === text ? undefined : fix('indent', {}, out)
}
