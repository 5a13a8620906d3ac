import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RequestsWorld, type Answer, type SentRequest } from './requests-world.ts'
import { ms, seconds } from '../../src/sim/engine/time.ts'
import { asRecordedTable } from './requests-tables.ts'
import { explain } from './requests-diff.ts'
import { judgeOf } from './judge.ts'

export interface PartResult {
  equal: number
  total: number
  skipped: number
  readonly files: Record<string, { equal: number; total: number }>
  readonly failures: { readonly index: number; readonly text: string }[]
}

interface Recorded {
  readonly file: string
  readonly c: { readonly case: string; readonly request: SentRequest; readonly response: { readonly body?: unknown } }
}
interface Verdict {
  readonly equal?: boolean
  readonly skipped?: string
  readonly got?: unknown
  readonly want?: unknown
}
interface Judge {
  load(dir: string): { readonly cases: readonly Recorded[] }
  replay(c: unknown, world: unknown, server: { send(request: SentRequest): Answer; settle(): void }): Promise<Verdict>
}

const SETTLED = /^(admission|writes\/custom)/
const isClusterScoped = (path: string): boolean => !/\/namespaces\/[^/]+\//.test(path)
const APART = /^(patch\/apply|writes\/custom)/
const LIST_REVISION = '<rv of a list taken after given>'

/** Replays some of the cases, one after the other in one cluster whose past is undone each time. */
export async function runPart(dir: string, indexes: readonly number[], failures: number): Promise<PartResult> {
  const judge = await judgeOf<Judge>(dir, 'requests.mjs')
  const recorded = judge.load(dir)
  const world = new RequestsWorld()
  let wanted: unknown
  let area = ''
  let path = ''
  const server = {
    send: (request: SentRequest): Answer => {
      const { query } = request
      const asked = query?.includes(LIST_REVISION) ? { ...request, query: query.replace(LIST_REVISION, `${world.server.store.revision}`) } : request
      // Managers are ordered by the second of their writes, which were recorded a second apart (requests/README.md).
      if (APART.test(area)) world.run(seconds(1))
      else if (SETTLED.test(area)) world.run(ms(20))
      const answer = world.send(asked)
      return { ...answer, body: asRecordedTable(answer.body, wanted) }
    },
    // Elsewhere the requests were recorded one right after the other (requests/README.md).
    settle: () => world.run(SETTLED.test(area) || isClusterScoped(path) ? seconds(1) : 0),
  }
  const result: PartResult = { equal: 0, total: 0, skipped: 0, files: {}, failures: [] }
  for (const index of indexes) {
    const { file, c } = recorded.cases[index]!
    wanted = c.response.body
    area = file
    path = c.request.path
    const verdict = await judged(judge, c, recorded, server)
    world.reset()
    if (verdict.skipped) {
      result.skipped++
      continue
    }
    const row = (result.files[file] ??= { equal: 0, total: 0 })
    row.total++
    result.total++
    if (verdict.equal) {
      row.equal++
      result.equal++
    } else if (result.failures.length < failures) result.failures.push({ index, text: `${file}/${c.case}\n${explain(c.request, verdict.got, verdict.want)}` })
  }
  return result
}

/** A bug here is told as a failure of its case. */
async function judged(judge: Judge, c: Recorded['c'], recorded: unknown, server: Parameters<Judge['replay']>[2]): Promise<Verdict> {
  try {
    return await judge.replay(c, recorded, server)
  } catch (reason) {
    return { equal: false, got: { thrown: reason instanceof Error ? `${reason.message}\n${(reason.cause instanceof Error ? reason.cause : reason).stack?.split('\n').slice(1, 5).join('\n') ?? ''}` : String(reason) }, want: {} }
  }
}

/** The objects of a fresh cluster against those of the recorded one (bootstrap.jsonl). */
export async function runBootstrap(dir: string): Promise<{ readonly equal: number; readonly total: number; readonly failures: readonly string[] }> {
  const judge = await judgeOf<Judge>(dir, 'requests.mjs')
  const world = new RequestsWorld(true)
  const cases = readFileSync(join(dir, 'bootstrap.jsonl'), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Recorded['c'])
  const failures: string[] = []
  let equal = 0
  for (const c of cases) {
    const verdict = await judged(judge, c, { bases: {}, prepared: {} }, { send: (request) => world.send(request), settle: () => undefined })
    if (verdict.equal) equal++
    else failures.push(`bootstrap.jsonl/${c.case}\n${explain(c.request, verdict.got, verdict.want)}`)
  }
  return { equal, total: cases.length, failures }
}
