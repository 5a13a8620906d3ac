/**
 * npm run bench [-- --json] [--only REGEX] [--quick]: every row of DESIGN.md's numbers beside its peer. --quick leaves out
 * what takes minutes. Exits with 0 whatever the numbers are; who judges reads "pass".
 */
import { parseArgs } from 'node:util'
import { measureRow, type Measured, type Row } from './row.ts'
import { firstLoadRow } from './rows/first-load.ts'
import { historyRows } from './rows/history.ts'
import { hugeRows } from './rows/huge.ts'
import { pageRows } from './rows/page.ts'
import { quietRows } from './rows/quiet.ts'
import { detailedRollouts, rollouts } from './rows/rollouts.ts'
import { schedulerRow } from './rows/scheduler.ts'

/** In the order of the table. */
const ROWS: readonly Row[] = [...rollouts, ...detailedRollouts, ...hugeRows, ...quietRows, schedulerRow, ...historyRows, firstLoadRow, ...pageRows]
const SLOW = /150,000|30,000/

const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })

function print({ name, value, unit, goal, reference, pass, why }: Measured, better: Row['better']): void {
  const verdict = pass === null ? '–' : pass ? '✓' : '✗'
  const shown = value === null ? 'not measured' : `${number(value)} ${unit}`
  const bound = `${better === 'lower' ? '≤' : '≥'} ${number(goal)} ${unit}`
  process.stdout.write(`${verdict} ${name.padEnd(64)} ${shown.padStart(14)}  ${bound.padStart(14)}  ${reference}${why ? `  (${why})` : ''}\n`)
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' }, quick: { type: 'boolean' } } })
const only = values.only === undefined ? undefined : new RegExp(values.only)
for (const row of ROWS) {
  if (only && !only.test(row.name)) continue
  let measured: Measured
  try {
    measured = await measureRow(values.quick && SLOW.test(row.name) ? { ...row, measure: () => ({ why: 'left out by --quick' }) } : row)
  } catch (reason) {
    measured = await measureRow({ ...row, measure: () => ({ why: reason instanceof Error ? reason.message : String(reason) }) })
  }
  if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`)
  else print(measured, row.better)
}
