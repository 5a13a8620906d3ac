/** One group of the rows that need no browser, as JSON lines; run by bench/index.ts from a bundle. */
import { parseArgs } from 'node:util'
import type { Group } from './groups.ts'
import { measureAll, type Row } from './row.ts'
import { historyRows } from './rows/history.ts'
import { hugeRows } from './rows/huge.ts'
import { nodeRows } from './rows/node.ts'
import { quietRows } from './rows/quiet.ts'
import { requestRows } from './rows/requests.ts'
import { detailedRollouts, rollouts } from './rows/rollouts.ts'
import { schedulerRows } from './rows/scheduler.ts'
import { slopeRows } from './rows/slope.ts'

const ROWS: Readonly<Record<Group, readonly Row[]>> = {
  rollouts,
  detailed: detailedRollouts,
  huge: hugeRows,
  quiet: quietRows,
  scheduler: schedulerRows,
  slope: slopeRows,
  history: historyRows,
  requests: requestRows,
  node: nodeRows,
}

const { values, positionals } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } }, allowPositionals: true })
await measureAll(ROWS[positionals[0] as Group], {
  only: values.only === undefined ? undefined : new RegExp(values.only),
  quick: values.quick ?? false,
  found: (measured) => process.stdout.write(`${JSON.stringify(measured)}\n`),
})
