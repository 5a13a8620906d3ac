/**
 * What a browser fetches before the page stands: index.html, its scripts and styles with everything they import
 * statically, and the view that is shown first though it comes by import(); gzip. Workers are listed but not counted,
 * fonts and the editor (Monaco) come later. Fails above the budget.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 200
/** Chunks that come by import() but always at once: the view of the start. */
const ALWAYS = /^ClusterView-.*\.(?:js|css)$/
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{][^'"();]*?from\s*)?["'](\.{1,2}\/[^"']+)["']/g

export interface LoadedFile {
  readonly file: string
  readonly gzipBytes: number
}

/** The files of the first load, in the order in which they are found. */
export function firstLoad(dist: string): LoadedFile[] {
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const waiting = [...html.matchAll(/(?:src|href)="[./]*(assets\/[^"]+\.(?:js|css))"/g)].map((m) => join(dist, m[1] ?? ''))
  if (waiting.length === 0) throw new Error('index.html loads no script: is this a build?')
  for (const name of readdirSync(join(dist, 'assets'))) if (ALWAYS.test(name)) waiting.push(join(dist, 'assets', name))
  const seen = new Set<string>()
  const files: LoadedFile[] = [{ file: 'index.html', gzipBytes: gzipSync(html).length }]
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (seen.has(file) || !existsSync(file)) continue
    seen.add(file)
    const text = readFileSync(file)
    files.push({ file: relative(dist, file), gzipBytes: gzipSync(text).length })
    if (!file.endsWith('.js')) continue
    for (const match of text.toString().matchAll(STATIC_IMPORT)) waiting.push(join(dirname(file), match[1] ?? ''))
  }
  return files
}

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = fileURLToPath(new URL('../dist', import.meta.url))
  const files = firstLoad(dist)
  for (const { file, gzipBytes } of files) process.stdout.write(`  ${kb(gzipBytes).padStart(10)}  ${file}\n`)
  const total = files.reduce((sum, file) => sum + file.gzipBytes, 0)
  const workers = readdirSync(join(dist, 'assets')).filter((name) => name.includes('.worker-'))
  for (const name of workers) {
    process.stdout.write(`  (worker ${kb(gzipSync(readFileSync(join(dist, 'assets', name))).length)}  ${name})\n`)
  }
  process.stdout.write(`first load: ${kb(total)} gzip (budget ${BUDGET_KB} kB)\n`)
  if (total > BUDGET_KB * 1000) {
    process.stdout.write('The first load is over its budget: load the newcomer lazily with import().\n')
    process.exitCode = 1
  }
}
