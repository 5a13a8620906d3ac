/** One line of DESIGN.md's table of numbers. */
export interface Row {
  readonly name: string
  readonly unit: string
  /** What must be reached; `better` says on which side. */
  readonly goal: number
  readonly better: 'lower' | 'higher'
  /** The peer and its number, as measured elsewhere. */
  readonly reference: string
  /** The value in `unit`, or why it cannot be measured here. */
  measure(): Promise<number | Unmeasured> | number | Unmeasured
}

export interface Unmeasured {
  readonly why: string
}

export interface Measured {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  readonly goal: number
  readonly reference: string
  readonly pass: boolean | null
  readonly better: Row['better']
  readonly why?: string
}

const rounded = (value: number): number => Number(value.toPrecision(3))

/** What takes minutes. */
const SLOW = /150,000 pods converged|30,000/

export interface MeasureOptions {
  readonly only?: RegExp
  /** Leave out what takes minutes. */
  readonly quick: boolean
  found(measured: Measured): void
}

/** Measures the rows one after the other; one that throws is told as not measured. */
export async function measureAll(rows: readonly Row[], { only, quick, found }: MeasureOptions): Promise<void> {
  for (const row of rows) {
    if (only && !only.test(row.name)) continue
    try {
      found(await measureRow(quick && SLOW.test(row.name) ? { ...row, measure: () => ({ why: 'left out by --quick' }) } : row))
    } catch (reason) {
      found(await measureRow({ ...row, measure: () => ({ why: reason instanceof Error ? reason.message : String(reason) }) }))
    }
  }
}

async function measureRow({ name, unit, goal, better, reference, measure }: Row): Promise<Measured> {
  const given = await measure()
  if (typeof given !== 'number') return { name, value: null, unit, goal, reference, pass: null, better, why: given.why }
  const pass = better === 'lower' ? given <= goal : given >= goal
  return { name, value: rounded(given), unit, goal, reference, pass, better }
}

/** Milliseconds of wall clock that `action` takes. */
export function wallMs(action: () => void): number {
  const from = performance.now()
  action()
  return performance.now() - from
}

/** The middle one of `n` runs behind `warmUp` others: the machine is noisy, and a page that is in use is compiled. */
export function median(n: number, run: () => number, warmUp = 0): number {
  for (let i = 0; i < warmUp; i++) run()
  const all = Array.from({ length: n }, run).sort((a, b) => a - b)
  return all[n >> 1]!
}
