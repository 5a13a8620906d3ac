import { importsOf, isTest, resolveImport, type Finding, type Source } from './source.ts'

export const MOST_LINES = 400

/** Files that are longer, with their measure and the reason. The measure only ever goes down. */
export const LONGER: Readonly<Record<string, { readonly lines: number; readonly reason: string }>> = {}

/** Files that outgrew the limit, and exceptions that are no longer needed. */
export function checkSizes(sources: readonly Source[], longer = LONGER): Finding[] {
  const findings: Finding[] = []
  const seen = new Set<string>()
  for (const { path, text } of sources) {
    if (!/\.tsx?$/.test(path)) continue
    const lines = text.split('\n').length - 1
    const exception = longer[path]
    seen.add(path)
    if (exception !== undefined && lines <= MOST_LINES) {
      findings.push({ path, line: 1, message: `has ${lines} lines now: remove its exception from scripts/tidy/shape.ts.` })
    }
    const limit = Math.max(MOST_LINES, exception?.lines ?? 0)
    if (lines > limit) {
      findings.push({ path, line: limit, message: `has ${lines} lines, at most ${limit}: one idea a file; split it where a reader would pause.` })
    }
  }
  for (const path of Object.keys(longer)) {
    if (!seen.has(path)) findings.push({ path, line: 1, message: 'does not exist: remove its exception from scripts/tidy/shape.ts.' })
  }
  return findings
}

type Graph = ReadonlyMap<string, readonly string[]>

function graphOf(sources: readonly Source[]): Graph {
  const known = new Set(sources.map(({ path }) => path))
  const graph = new Map<string, readonly string[]>()
  for (const { path, text } of sources) {
    if (isTest(path)) continue
    const targets = importsOf(text)
      .filter(({ typeOnly }) => !typeOnly)
      .map(({ specifier }) => resolveImport(path, specifier))
      .filter((target): target is string => target !== undefined && known.has(target))
    graph.set(path, targets)
  }
  return graph
}

/** Import cycles of values (types may refer to each other). One finding a cycle, with its way round. */
export function checkCycles(sources: readonly Source[]): Finding[] {
  const graph = graphOf(sources)
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const findings: Finding[] = []
  const visit = (path: string): void => {
    state.set(path, 'open')
    trail.push(path)
    for (const next of graph.get(path) ?? []) {
      if (state.get(next) === 'open') {
        const way = [...trail.slice(trail.indexOf(next)), next].join(' → ')
        findings.push({ path, line: 1, message: `import cycle: ${way}. Move what both need into a third file.` })
      } else if (!state.has(next)) visit(next)
    }
    trail.pop()
    state.set(path, 'done')
  }
  for (const path of graph.keys()) if (!state.has(path)) visit(path)
  return findings
}
