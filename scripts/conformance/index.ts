/**
 * npm run conformance -- <folder> [--dir FOLDER-OF-FOLDERS] [--only REGEX] [--failures N] [--json]
 *
 * Compares the simulation with what a real cluster was recorded to do. Last line: "conformance <folder>: 12/14 (85.7 %)".
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { recordings } from '../../src/sim/testing/recordings.ts'
import { share, type Suite, type SuiteReport } from './suite.ts'

/** One line a suite, loaded when asked for. */
const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  hashes: async () => {
    const { runHashes } = await import('./hashes.ts')
    return ({ dir }) => runHashes(dir)
  },
  scenarios: async () => (await import('./scenarios.ts')).scenarios,
  scheduling: async () => (await import('./scheduling.ts')).runScheduling,
  volumes: async () => (await import('./volumes.ts')).runVolumes,
  requests: async () => (await import('./requests.ts')).runRequests,
  linux: async () => (await import('./linux.ts')).linux,
  kubectl: async () => (await import('./kubectl.ts')).kubectlStories,
}

const USAGE = `usage: npm run conformance -- <${Object.keys(SUITES).join('|')}> [--dir FOLDER-OF-FOLDERS] [--only REGEX] [--failures N] [--json]`

function fail(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`)
  process.exit(2)
}

function print(folder: string, report: SuiteReport, json: boolean): void {
  const { equal, total, skipped = 0, failures, notes = [], extra = [] } = report
  if (json) {
    process.stdout.write(`${JSON.stringify({ folder, equal, total, skipped, extra, failures })}\n`)
    return
  }
  for (const note of notes) process.stdout.write(`${note}\n`)
  for (const text of failures) process.stdout.write(`✗ ${text}\n`)
  if (skipped) process.stdout.write(`skipped (racy): ${skipped}\n`)
  for (const line of extra) process.stdout.write(`conformance ${folder} ${line.name}: ${share(line.equal, line.total)}\n`)
  process.stdout.write(`conformance ${folder}: ${share(equal, total)}\n`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dir: { type: 'string' }, only: { type: 'string' }, failures: { type: 'string' }, json: { type: 'boolean' } },
})
const [folder] = positionals
const load = folder === undefined ? undefined : SUITES[folder]
if (!folder || !load) fail(folder ? `There is no runner for ${folder}.` : 'Which recordings?')
const base = values.dir ? resolve(values.dir) : recordings()
if (!base) fail('The recordings are not at hand (they lie beside the project as ../shared/conformance); name their folder with --dir.')
const dir = join(base, folder)
if (!existsSync(dir)) fail(`There is no folder ${folder} in ${base}.`)
const suite = await load()
const report = await suite({ dir, only: values.only === undefined ? undefined : new RegExp(values.only), failures: Number(values.failures ?? 10) })
print(folder, report, values.json ?? false)
process.exitCode = 0
