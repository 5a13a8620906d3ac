import { existsSync, readFileSync } from 'node:fs'
import { controllerRevisionHash, revisionData } from '../../src/sim/api/controller-revision-hash.ts'
import { dumpPodTemplate } from '../../src/sim/api/go-dump.ts'
import type { JsonValue } from '../../src/sim/api/meta.ts'
import { podTemplateHash } from '../../src/sim/api/pod-template-hash.ts'
import type { PodTemplateSpec } from '../../src/sim/api/pod-spec.ts'

interface Vector {
  readonly kind: string
  readonly name: string
  readonly template: PodTemplateSpec
  readonly hash: string
  readonly dump?: string
  readonly data?: JsonValue
}

export interface HashReport {
  readonly equal: number
  readonly total: number
  readonly failures: readonly string[]
}

const hashOf = (v: Vector): string => (v.kind === 'StatefulSet' ? controllerRevisionHash(revisionData(v.template)) : podTemplateHash(v.template))

/** Where two texts part, with what stands there. */
function difference(got: string, want: string): string {
  let i = 0
  while (i < got.length && got[i] === want[i]) i++
  return `at ${i}: got …${got.slice(Math.max(0, i - 60), i + 80)}… want …${want.slice(Math.max(0, i - 60), i + 80)}…`
}

/** Compares every recorded name with ours; `dir` is the folder `hashes` of the recordings. */
export function runHashes(dir: string): HashReport {
  const file = `${dir}/vectors.jsonl`
  const failures: string[] = []
  let total = 0
  if (!existsSync(file)) return { equal: 0, total: 0, failures: [`no ${file}`] }
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line) continue
    const v = JSON.parse(line) as Vector
    total++
    const got = hashOf(v)
    if (got === v.hash) continue
    const detail = v.dump ? ` ${difference(dumpPodTemplate(v.template), v.dump.replace('(*v1', '(v1'))}` : ''
    failures.push(`${v.kind} ${v.name}: ${got} instead of ${v.hash}${detail}`)
  }
  return { equal: total - failures.length, total, failures }
}
