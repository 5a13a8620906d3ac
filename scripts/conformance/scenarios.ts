import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import { minutes } from '../../src/sim/engine/time.ts'
import { parseTests, yamlDocuments } from '../../src/sim/testing/chainsaw/parse.ts'
import { runRecorded } from '../chainsaw/recorded-run.ts'
import { judgeOf } from './judge.ts'
import type { SuiteOptions, SuiteReport } from './suite.ts'

/** What the judge gives back (judge/scenarios/compare.mjs). */
interface Comparison {
  readonly recall: number
  readonly precision: number
  readonly facts: number
  readonly observed: number
  readonly missing: readonly string[]
  readonly extra: readonly string[]
}
type Compare = (golden: string, ours: string) => Comparison

const FACTS_SHOWN = 12

/** Names of all scenarios, "area/name", sorted. */
export function scenarioNames(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((area) => area.isDirectory())
    .flatMap((area) => readdirSync(join(dir, area.name)).map((name) => `${area.name}/${name}`))
    .filter((name) => existsSync(join(dir, name, 'chainsaw-test.yaml')))
    .toSorted()
}

interface Judged extends Comparison {
  readonly name: string
  readonly failure: string | undefined
}

async function judgeScenario(dir: string, name: string, compare: Compare, scratch: string): Promise<Judged> {
  const folder = join(dir, name)
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const [test] = parseTests(read('chainsaw-test.yaml'), name)
  const nodes = yamlDocuments(read('nodes.yaml'), `${name}/nodes.yaml`) as unknown as readonly KubeObject[]
  const { result, stream } = await runRecorded(test!, { nodes, kubelet: 'kwok', seed: 1, scenario: name, timeouts: { exec: minutes(5), assert: minutes(3), error: minutes(1) } })
  const ours = join(scratch, `${name.replace('/', '-')}.jsonl`)
  writeFileSync(ours, stream)
  const { failure } = result
  return { name, failure: failure && `${failure.operation}: ${failure.message}`, ...compare(join(folder, 'facts.json'), ours) }
}

/** A scenario that stops the simulation has no facts; the reason is told. */
async function attempt(dir: string, name: string, compare: Compare, scratch: string): Promise<Judged> {
  try {
    return await judgeScenario(dir, name, compare, scratch)
  } catch (reason) {
    const { facts } = JSON.parse(readFileSync(join(dir, name, 'facts.json'), 'utf8')) as { facts: readonly string[] }
    const why = reason instanceof Error ? (reason.stack ?? reason.message).split('\n').slice(0, 6).join('\n    ') : String(reason)
    return { name, failure: `stopped: ${why}`, recall: 0, precision: 0, facts: facts.length, observed: 0, missing: facts, extra: [] }
  }
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`.padStart(7)

function describe(judged: Judged): string {
  const lines = [`${judged.name}: recall ${percent(judged.recall).trim()}, precision ${percent(judged.precision).trim()}${judged.failure ? `\n    ${judged.failure}` : ''}`]
  for (const [sign, facts] of [['-', judged.missing], ['+', judged.extra]] as const) {
    for (const fact of facts.slice(0, FACTS_SHOWN)) lines.push(`    ${sign} ${fact}`)
    if (facts.length > FACTS_SHOWN) lines.push(`    ${sign} … ${facts.length - FACTS_SHOWN} more`)
  }
  return lines.join('\n')
}

/** Plays every scenario on a fresh cluster with the fake kubelets and counts the facts found of those demanded. */
export async function scenarios({ dir, only, failures }: SuiteOptions): Promise<SuiteReport> {
  const { compare } = await judgeOf<{ compare: Compare }>(dir, 'scenarios/compare.mjs')
  const scratch = mkdtempSync(join(tmpdir(), 'orrery-scenarios-'))
  const judged: Judged[] = []
  try {
    for (const name of scenarioNames(dir)) if (!only || only.test(name)) judged.push(await attempt(dir, name, compare, scratch))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  const sum = (of: (j: Judged) => number): number => judged.reduce((total, j) => total + of(j), 0)
  const areas = [...new Set(judged.map((j) => j.name.split('/')[0]!))]
  return {
    equal: sum((j) => j.facts - j.missing.length),
    total: sum((j) => j.facts),
    extra: [{ name: 'precision', equal: sum((j) => j.observed - j.extra.length), total: sum((j) => j.observed) }],
    notes: [
      ...judged.map((j) => `${percent(j.recall)} ${percent(j.precision)}  ${j.name}${j.failure ? '  ✗' : ''}`),
      ...areas.map((area) => {
        const of = judged.filter((j) => j.name.startsWith(`${area}/`))
        const total = of.reduce((n, j) => n + j.facts, 0)
        return `${percent(of.reduce((n, j) => n + j.facts - j.missing.length, 0) / total)}  ${area}: ${of.length} scenarios, ${total} facts`
      }),
    ],
    failures: judged.filter((j) => j.missing.length > 0 || j.extra.length > 0 || j.failure).toSorted((a, b) => a.recall - b.recall).slice(0, failures).map(describe),
  }
}
