import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { recordings } from '../../src/sim/testing/recordings.ts'

/** Where a part of the recordings' judge lies, e.g. "volumes.mjs": beside the suite's folder, else in the known recordings. */
export function judgeAddress(dir: string, part: string): string {
  const here = join(dirname(dir), 'judge', part)
  return pathToFileURL(existsSync(here) ? here : join(recordings() ?? '', 'judge', part)).href
}

/** The functions of a part of the judge. Some parts are commands too and would take our words for their own. */
export async function judgeOf<Functions>(dir: string, part: string): Promise<Functions> {
  const words = process.argv.splice(2)
  const functions = (await import(judgeAddress(dir, part))) as Functions
  process.argv.push(...words)
  return functions
}
