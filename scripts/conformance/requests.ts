import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { judgeOf } from './judge.ts'
import { runBootstrap, runPart, type PartResult } from './requests-part.ts'
import { share, type Suite } from './suite.ts'

/** Fewer cases than this are not worth a second thread. */
const WORTH_A_THREAD = 1500

interface Judge {
  load(dir: string): { readonly cases: readonly { readonly file: string; readonly c: { readonly case: string } }[] }
}

/** Replays the recorded requests, each in a cluster as it was in the beginning, on all processors. */
export const runRequests: Suite = async ({ dir, only, failures }) => {
  const judge = await judgeOf<Judge>(dir, 'requests.mjs')
  const { cases } = judge.load(dir)
  const chosen = cases.map((_, i) => i).filter((i) => !only || only.test(`${cases[i]!.file}/${cases[i]!.c.case}`))
  const threads = chosen.length < WORTH_A_THREAD ? 1 : Math.min(2, availableParallelism())
  const parts = Array.from({ length: threads }, (_, n) => chosen.filter((_case, i) => i % threads === n))
  const isWhole = !only || only.test('bootstrap.jsonl')
  const bootstrap = isWhole && existsSync(join(dir, 'bootstrap.jsonl')) ? await runBootstrap(dir) : undefined
  const results = threads === 1 ? [await runPart(dir, chosen, failures)] : await Promise.all(parts.map((part) => inThread(dir, part, failures)))
  const report = merged(results, failures)
  if (!bootstrap) return report
  const told = only ? bootstrap.failures.slice(0, failures) : []
  return { ...report, failures: [...report.failures, ...told], extra: [{ name: 'bootstrap', equal: bootstrap.equal, total: bootstrap.total }] }
}

function inThread(dir: string, indexes: readonly number[], failures: number): Promise<PartResult> {
  return new Promise((resolve, reject) => {
    // A thread does not inherit the loader of TypeScript; it is registered before the thread's own module is loaded.
    const own = new URL('./requests-thread.ts', import.meta.url).href
    const boot = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(own)}) })`
    const worker = new Worker(boot, { eval: true, workerData: { dir, indexes, failures } })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function merged(results: readonly PartResult[], failures: number): Awaited<ReturnType<Suite>> {
  const files = new Map<string, { equal: number; total: number }>()
  for (const result of results) {
    for (const [file, { equal, total }] of Object.entries(result.files)) {
      const sum = files.get(file) ?? { equal: 0, total: 0 }
      files.set(file, { equal: sum.equal + equal, total: sum.total + total })
    }
  }
  const areas = new Map<string, { equal: number; total: number }>()
  for (const [file, { equal, total }] of files) {
    const area = file.slice(0, file.indexOf('/'))
    const sum = areas.get(area) ?? { equal: 0, total: 0 }
    areas.set(area, { equal: sum.equal + equal, total: sum.total + total })
  }
  const line = ([name, { equal, total }]: readonly [string, { equal: number; total: number }]): string => `${name.padEnd(52)} ${share(equal, total)}`
  const sum = (pick: (r: PartResult) => number): number => results.reduce((all, r) => all + pick(r), 0)
  const told = results.flatMap((r) => r.failures).sort((a, b) => a.index - b.index).slice(0, failures)
  return {
    equal: sum((r) => r.equal),
    total: sum((r) => r.total),
    skipped: sum((r) => r.skipped),
    failures: told.map((f) => f.text),
    notes: [...[...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(line), '', ...[...areas].map(line)],
  }
}
