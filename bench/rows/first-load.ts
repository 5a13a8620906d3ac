import { builtPage } from '../built-page.ts'
import { firstLoad } from '../../scripts/first-load-size.ts'
import type { Row } from '../row.ts'

export const firstLoadRow: Row = {
  name: 'first load without the editor, gzip',
  unit: 'kB',
  goal: 200,
  better: 'lower',
  reference: "webernetes' core alone 141",
  measure: async () => firstLoad(await builtPage()).reduce((sum, file) => sum + file.gzipBytes, 0) / 1000,
}
