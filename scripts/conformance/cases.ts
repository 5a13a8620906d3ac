import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SuiteOptions, SuiteReport } from './suite.ts'

/** Judges every case of the folder's .jsonl files, one a line. `verdict` gives undefined where all is equal, else what to say of it. */
export function judgeCases<Case extends { readonly case: string }>({ dir, only, failures }: SuiteOptions, verdict: (recorded: Case) => (() => string) | undefined): SuiteReport {
  const told: string[] = []
  const notes: string[] = []
  let equal = 0
  let total = 0
  for (const file of readdirSync(dir).filter((f) => f.endsWith('.jsonl')).sort()) {
    const cases = readFileSync(join(dir, file), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Case).filter((c) => !only || only.test(c.case))
    let good = 0
    for (const recorded of cases) {
      const explain = verdict(recorded)
      if (!explain) good++
      else if (told.length < failures) told.push(explain())
    }
    if (cases.length) notes.push(`${file.replace('.jsonl', '')}: ${good}/${cases.length}`)
    equal += good
    total += cases.length
  }
  return { equal, total, failures: told, notes }
}
