import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Row, Unmeasured } from '../row.ts'

/** What the child process prints: bench/huge-cluster.ts. */
export interface HugeResult {
  readonly pods: number
  readonly nodes: number
  readonly seconds: number
  readonly megabytes: number
}

let result: HugeResult | Unmeasured | undefined

/** Run once, in a process of its own, so that its memory is only its own. */
function huge(): HugeResult | Unmeasured {
  if (result) return result
  // Bundled beside this file (bench/index.ts).
  const script = fileURLToPath(new URL('huge-cluster.js', import.meta.url))
  const child = spawnSync(process.execPath, ['--max-old-space-size=6000', '--expose-gc', script], { encoding: 'utf8', timeout: 600_000 })
  const line = child.stdout.trim().split('\n').at(-1)
  result = child.status === 0 && line ? (JSON.parse(line) as HugeResult) : { why: `it did not come to its end: ${(child.stderr || String(child.error ?? child.signal)).trim().split('\n').at(-1)}` }
  return result
}

const of = (value: (found: HugeResult) => number) => (): number | Unmeasured => {
  const found = huge()
  return 'why' in found ? found : value(found)
}

export const hugeRows: readonly Row[] = [
  { name: '5,000 nodes, 150,000 pods converged, wall', unit: 's', goal: 120, better: 'lower', reference: "Kubernetes' supported maximum", measure: of((found) => found.seconds) },
  { name: '5,000 nodes, 150,000 pods converged, memory', unit: 'MB', goal: 1500, better: 'lower', reference: 'one tab', measure: of((found) => found.megabytes) },
]
