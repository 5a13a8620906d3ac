/**
 * npm run bench [-- --json] [--only REGEX] [--quick]: every row of DESIGN.md's numbers beside its peer. --quick leaves out
 * what takes minutes. Exits with 0 whatever the numbers are; who judges reads "pass".
 *
 * What needs no browser is bundled first, as the page is: a loader that transforms modules one by one slows them down.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { GROUPS, type Group } from './groups.ts'
import { root } from './root.ts'
import { measureAll, type Measured } from './row.ts'
import { firstLoadRow } from './rows/first-load.ts'
import { pageRows } from './rows/page.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' }, quick: { type: 'boolean' } } })
const only = values.only === undefined ? undefined : new RegExp(values.only)

const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })

function print(measured: Measured): void {
  const { better, why, ...line } = measured
  if (values.json) {
    process.stdout.write(`${JSON.stringify(line)}\n`)
    return
  }
  const { name, value, unit, goal, reference, pass } = line
  const verdict = pass === null ? '–' : pass ? '✓' : '✗'
  const shown = value === null ? 'not measured' : `${number(value)} ${unit}`
  const bound = `${better === 'lower' ? '≤' : '≥'} ${number(goal)} ${unit}`
  process.stdout.write(`${verdict} ${name.padEnd(66)} ${shown.padStart(14)}  ${bound.padStart(14)}  ${reference}${why ? `  (${why})` : ''}\n`)
}

async function bundle(outDir: string): Promise<void> {
  const input = { sim: join(root, 'bench/sim.ts'), 'huge-cluster': join(root, 'bench/huge-cluster.ts') }
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: { ssr: true, outDir, emptyOutDir: true, target: 'node20', minify: false, rollupOptions: { input } },
  })
}

async function runBundled(outDir: string, group: Group): Promise<void> {
  const words = [group, ...(values.only === undefined ? [] : ['--only', values.only]), ...(values.quick ? ['--quick'] : [])]
  const child = spawn(process.execPath, ['--max-old-space-size=6000', join(outDir, 'sim.js'), ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) print(JSON.parse(line) as Measured)
}

const outDir = join(root, 'node_modules', '.cache', 'orrery-bench')
try {
  await bundle(outDir)
  for (const group of GROUPS) await runBundled(outDir, group)
} finally {
  rmSync(outDir, { recursive: true, force: true })
}
await measureAll([firstLoadRow, ...pageRows], { only, quick: values.quick ?? false, found: print })
