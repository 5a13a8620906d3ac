import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Playing } from './linux/playing.ts'
import { judgeOf } from './judge.ts'
import { share, type SuiteOptions, type SuiteReport } from './suite.ts'

interface Part {
  readonly hit: number
  readonly of: number
}
interface Comparison {
  readonly events: Part
  readonly statuses: Part
  readonly captures: Part
  readonly missing: readonly string[]
}
type Compare = (recorded: string, ours: string) => Comparison
interface Judged extends Comparison {
  readonly name: string
  readonly stopped?: string
}

const FACTS_SHOWN = 25

/** Plays one case into a folder of the recording's form and compares the two. */
async function judgeCase(dir: string, name: string, compare: Compare, scratch: string): Promise<Judged> {
  const out = join(scratch, name)
  mkdirSync(join(out, 'captures'), { recursive: true })
  let stopped: string | undefined
  const playing = new Playing(join(dir, name), name)
  try {
    await playing.play()
  } catch (reason) {
    stopped = reason instanceof Error ? (reason.stack ?? reason.message).split('\n').slice(0, 6).join('\n    ') : String(reason)
  }
  const { events, statuses, captures } = playing.result()
  writeFileSync(join(out, 'events.jsonl'), events.map((line) => `${JSON.stringify(line)}\n`).join(''))
  writeFileSync(join(out, 'pod-status.jsonl'), statuses.map((line) => `${JSON.stringify(line)}\n`).join(''))
  for (const [file, text] of captures) writeFileSync(join(out, 'captures', `${file}.txt`), text)
  return { name, ...(stopped ? { stopped } : {}), ...compare(join(dir, name), out) }
}

const percent = ({ hit, of }: Part): string => `${of ? ((100 * hit) / of).toFixed(0) : '–'} %`.padStart(6)

function describe({ name, stopped, missing }: Judged): string {
  const shown = missing.filter((fact) => !fact.startsWith('capture'))
  const lines = [`${name}: ${shown.length} facts of events and statuses missing${stopped ? `\n    ${stopped}` : ''}`]
  for (const fact of shown.slice(0, FACTS_SHOWN)) lines.push(`    - ${fact}`)
  if (process.env.ORRERY_CAPTURES) for (const fact of missing.filter((f) => f.startsWith('capture')).slice(0, 80)) lines.push(`    - ${fact}`)
  return lines.join('\n')
}

/**
 * Plays each recorded pod's life on a cluster with the detailed kubelet, in virtual time. Events and statuses count;
 * captures (what commands on the node and in containers print) are told on a line of their own.
 */
export async function linux({ dir, only, failures }: SuiteOptions): Promise<SuiteReport> {
  const { compareCase: compare } = await judgeOf<{ compareCase: Compare }>(dir, 'linux.mjs')
  const keep = process.env.ORRERY_KEEP
  const scratch = keep ?? mkdtempSync(join(tmpdir(), 'orrery-linux-'))
  const names = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted()
  const judged: Judged[] = []
  try {
    for (const name of names) if (!only || only.test(name)) judged.push(await judgeCase(dir, name, compare, scratch))
  } finally {
    if (!keep) rmSync(scratch, { recursive: true, force: true })
  }
  const sum = (part: 'events' | 'statuses' | 'captures'): { equal: number; total: number } => ({
    equal: judged.reduce((n, j) => n + j[part].hit, 0),
    total: judged.reduce((n, j) => n + j[part].of, 0),
  })
  const [events, statuses, captures] = [sum('events'), sum('statuses'), sum('captures')]
  return {
    equal: events.equal + statuses.equal,
    total: events.total + statuses.total,
    extra: [{ name: 'captures', ...captures }],
    notes: [
      ...judged.map((j) => `${percent(j.events)} events ${percent(j.statuses)} statuses ${percent(j.captures)} captures  ${j.name}${j.stopped ? '  ✗ stopped' : ''}`),
      `events ${share(events.equal, events.total)}, statuses ${share(statuses.equal, statuses.total)}`,
    ],
    failures: judged
      .filter((j) => j.stopped || j.missing.some((fact) => process.env.ORRERY_CAPTURES || !fact.startsWith('capture')))
      .toSorted((a, b) => lost(b) - lost(a))
      .slice(0, failures)
      .map(describe),
  }
}

const lost = ({ events, statuses }: Judged): number => events.of - events.hit + statuses.of - statuses.hit
