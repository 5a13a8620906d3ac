import { seconds, type Micros } from '../../engine/time.ts'

const FIRST = seconds(10)
const LONGEST = seconds(300)

/** Back-off after the n-th failure in a row (n from 1): 10 s doubling to 300 s. */
export function backoffAfter(failures: number): Micros {
  let delay = FIRST
  for (let i = 1; i < failures && delay < LONGEST; i++) delay *= 2
  return Math.min(delay, LONGEST)
}
