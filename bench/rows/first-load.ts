import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { firstLoad } from '../../scripts/first-load-size.ts'
import type { Row } from '../row.ts'

const dist = fileURLToPath(new URL('../../dist', import.meta.url))

export const firstLoadRow: Row = {
  name: 'first load without the editor, gzip',
  unit: 'kB',
  goal: 200,
  better: 'lower',
  reference: "webernetes' core alone 141",
  measure: () => (existsSync(dist) ? firstLoad(dist).reduce((sum, file) => sum + file.gzipBytes, 0) / 1000 : { why: 'there is no build; npm run build makes one' }),
}
