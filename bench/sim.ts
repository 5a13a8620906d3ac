/** The rows that need no browser, as JSON lines; run by bench/index.ts from a bundle. */
import { parseArgs } from 'node:util'
import { measureAll } from './row.ts'
import { historyRows } from './rows/history.ts'
import { hugeRows } from './rows/huge.ts'
import { nodeRows } from './rows/node.ts'
import { quietRows } from './rows/quiet.ts'
import { requestRows } from './rows/requests.ts'
import { detailedRollouts, rollouts } from './rows/rollouts.ts'
import { schedulerRows } from './rows/scheduler.ts'
import { slopeRows } from './rows/slope.ts'

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' } } })
await measureAll([...rollouts, ...detailedRollouts, ...hugeRows, ...quietRows, ...schedulerRows, ...slopeRows, ...historyRows, ...requestRows, ...nodeRows], {
  only: values.only === undefined ? undefined : new RegExp(values.only),
  quick: values.quick ?? false,
  found: (measured) => process.stdout.write(`${JSON.stringify(measured)}\n`),
})
