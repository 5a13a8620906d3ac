import { join } from 'node:path'
import { build } from 'vite'
import { root } from './root.ts'

const outDir = join(root, 'node_modules', '.cache', 'orrery-bench-page')
let built: Promise<string> | undefined

/** The folder with the page as it stands in the sources: built once for all rows that look at it. */
export function builtPage(): Promise<string> {
  return (built ??= build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } }).then(() => outDir))
}
