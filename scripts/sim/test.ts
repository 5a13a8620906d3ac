import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import type { FlagTexts } from '../../src/sim/component-flags.ts'
import { parseTests } from '../../src/sim/testing/chainsaw/parse.ts'
import { TestFileError } from '../../src/sim/testing/chainsaw/reader.ts'
import { runRecorded } from '../chainsaw/recorded-run.ts'
import { documentsBeside, filesBeside, testFiles } from './files.ts'

export interface TestArguments {
  readonly paths: readonly string[]
  readonly record?: string
  readonly seed: number
  /** Undefined: what the test's annotation `orrery.test/nodes` says, else three workers. */
  readonly nodes?: number | readonly KubeObject[]
  /** Undefined: what the annotation `orrery.test/kubelet` says, else detailed. */
  readonly kubelet?: 'detailed' | 'kwok'
  /** Settings of components that differ, for every test. */
  readonly flags?: FlagTexts
  readonly only?: RegExp
  readonly verbose: boolean
}

/** Runs Chainsaw tests, each on a fresh cluster; prints a line a test. Gives the number of tests that failed. */
export async function runTests(args: TestArguments): Promise<number> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const files = testFiles(args.paths)
  if (files.length === 0) throw new TestFileError(`no chainsaw-test.yaml in ${args.paths.join(', ')}`)
  const recordMany = args.record !== undefined && (files.length > 1 || args.record.endsWith('/') || (existsSync(args.record) && statSync(args.record).isDirectory()))
  for (const file of files) {
    for (const test of parseTests(readFileSync(file, 'utf8'), file)) {
      if (args.only && !args.only.test(test.name)) continue
      const started = performance.now()
      const kubelet = args.kubelet ?? (test.annotations['orrery.test/kubelet'] === 'kwok' ? 'kwok' : 'detailed')
      const nodes = args.nodes ?? Number(test.annotations['orrery.test/nodes'] ?? 3)
      const { result, stream } = await runRecorded(test, {
        nodes, kubelet, seed: args.seed, flags: args.flags ?? {}, scenario: test.name,
        files: filesBeside(file),
        documents: (name) => documentsBeside(file, name),
        log: args.verbose ? (text) => process.stdout.write(`${text.replace(/^/gm, '    ')}\n`) : undefined,
      })
      const took = `${((result.to - result.from) / 1e6).toFixed(1)} s virtual, ${Math.round(performance.now() - started)} ms`
      counts[result.skipped ? 'skipped' : result.passed ? 'passed' : 'failed']++
      process.stdout.write(`${result.skipped ? '-' : result.passed ? '✓' : '✗'} ${test.name} (${took})\n`)
      const { failure } = result
      if (failure) process.stdout.write(`    ${file}\n    step ${failure.step}, ${failure.operation}\n${failure.message.replace(/^/gm, '    ')}\n`)
      if (args.record !== undefined) write(args.record, recordMany, test.name, stream)
    }
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}\n`)
  return counts.failed
}

function write(target: string, many: boolean, name: string, stream: string): void {
  if (!many) return writeFileSync(target, stream)
  mkdirSync(target, { recursive: true })
  writeFileSync(join(target, `${name}.jsonl`), stream)
}
