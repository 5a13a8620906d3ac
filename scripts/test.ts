/**
 * `npm test`: everything, one stage after the other, and one line at the very end that sums it up: "N passed, N failed".
 * A stage that cannot be counted more finely counts as one. Exits non-zero when anything failed.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Tally {
  readonly passed: number
  readonly failed: number
}

interface Stage {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Reads how many passed and failed from what the stage left behind; undefined: count the exit code. */
  readonly count?: (output: string) => Tally | undefined
}

const root = fileURLToPath(new URL('..', import.meta.url))
const reports = join(root, '.cache', 'reports')
const unitReport = join(reports, 'unit.json')
const e2eReport = join(reports, 'e2e.json')

function readJson(file: string): Record<string, unknown> | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : undefined
}

function countUnit(): Tally | undefined {
  const report = readJson(unitReport)
  if (report === undefined) return undefined
  // A file that fails to load has no tests of its own, but it is a failure all the same.
  const failedFiles = Number(report['numFailedTestSuites']) > 0 && Number(report['numFailedTests']) === 0 ? 1 : 0
  return { passed: Number(report['numPassedTests']), failed: Number(report['numFailedTests']) + failedFiles }
}

function countE2e(): Tally | undefined {
  const stats = readJson(e2eReport)?.['stats'] as Record<string, number> | undefined
  if (stats === undefined) return undefined
  return { passed: (stats['expected'] ?? 0) + (stats['flaky'] ?? 0), failed: stats['unexpected'] ?? 0 }
}

function countLine(output: string): Tally | undefined {
  const match = [...output.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1)
  return match === undefined ? undefined : { passed: Number(match[1]), failed: Number(match[2]) }
}

const STAGES: readonly Stage[] = [
  { name: 'types', command: ['npm', 'run', '-s', 'types'] },
  { name: 'lint', command: ['npm', 'run', '-s', 'lint'] },
  { name: 'tidy', command: ['npm', 'run', '-s', 'tidy'] },
  {
    name: 'unit',
    command: ['npx', 'vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${unitReport}`],
    count: countUnit,
  },
  { name: 'scenarios', command: ['npm', 'run', '-s', 'sim', '--', 'test', 'examples/scenarios'], count: countLine },
  { name: 'build', command: ['npm', 'run', '-s', 'build'] },
  { name: 'e2e', command: ['npm', 'run', '-s', 'e2e'], env: { PLAYWRIGHT_JSON_OUTPUT_NAME: e2eReport }, count: countE2e },
]

function execute(stage: Stage): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(stage.command[0] ?? '', stage.command.slice(1), {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0', ...stage.env },
    })
    let output = ''
    const keep = (chunk: Buffer, to: NodeJS.WriteStream): void => {
      output = (output + chunk.toString()).slice(-200_000)
      to.write(chunk)
    }
    child.stdout.on('data', (chunk: Buffer) => keep(chunk, process.stdout))
    child.stderr.on('data', (chunk: Buffer) => keep(chunk, process.stderr))
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** A stage that went wrong as a whole must show, whatever its own count says. */
function tally(stage: Stage, code: number, output: string): Tally {
  const counted = stage.count?.(output)
  if (counted === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  return code !== 0 && counted.failed === 0 ? { passed: counted.passed, failed: 1 } : counted
}

rmSync(reports, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
const only = process.argv.slice(2)
const lines: string[] = []
let passed = 0
let failed = 0
for (const stage of STAGES.filter(({ name }) => only.length === 0 || only.includes(name))) {
  process.stdout.write(`\n── ${stage.name}\n`)
  const started = Date.now()
  const { code, output } = await execute(stage)
  const result = tally(stage, code, output)
  passed += result.passed
  failed += result.failed
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  lines.push(`${stage.name.padEnd(10)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(5)} failed ${seconds.padStart(7)} s`)
}
process.stdout.write(`\n${lines.join('\n')}\n\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
