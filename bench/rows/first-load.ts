import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { firstLoad } from '../../scripts/first-load-size.ts'
import { root } from '../root.ts'
import type { Row } from '../row.ts'

const dist = join(root, 'dist')

export const firstLoadRow: Row = {
  name: 'first load without the editor, gzip',
  unit: 'kB',
  goal: 200,
  better: 'lower',
  reference: "webernetes' core alone 141",
  measure: () => (existsSync(dist) ? firstLoad(dist).reduce((sum, file) => sum + file.gzipBytes, 0) / 1000 : { why: 'there is no build; npm run build makes one' }),
}
