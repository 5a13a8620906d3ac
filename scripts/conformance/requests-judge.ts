import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { recordings } from '../../src/sim/testing/recordings.ts'

/** The judge beside the recordings, or that of the recordings at hand. */
export function judgeOf(dir: string): string {
  const here = join(dirname(dir), 'judge/requests.mjs')
  return pathToFileURL(existsSync(here) ? here : join(recordings() ?? '', 'judge/requests.mjs')).href
}
