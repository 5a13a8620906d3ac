const LN2 = 0.6931471805599453

const known = new Map<number, number>()
const MOST_KNOWN = 1000

/**
 * The natural logarithm of a positive integer by additions, multiplications and divisions only, which every engine
 * rounds alike (Math.log is not exact to the last bit everywhere). Right to about 1e-15.
 */
export function naturalLogarithm(n: number): number {
  let log = known.get(n)
  if (log === undefined) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(n, (log = logarithm(n)))
  }
  return log
}

function logarithm(n: number): number {
  let m = n
  let twos = 0
  while (m > 1.5) (m /= 2), twos++
  // ln m = 2 artanh((m-1)/(m+1)), with |(m-1)/(m+1)| <= 1/5.
  const z = (m - 1) / (m + 1)
  const square = z * z
  let power = z
  let sum = 0
  for (let i = 1; i < 60; i += 2) {
    sum += power / i
    power *= square
  }
  return twos * LN2 + 2 * sum
}
