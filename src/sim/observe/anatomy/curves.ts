import { amountAt, type Curve } from '../../node/kubelet/load.ts'
import type { Micros } from '../../engine/time.ts'

/** A straight piece of a curve: `from` to `to` within `lasts`. */
interface Piece {
  readonly lasts: Micros
  readonly from: number
  readonly to: number
}

/** A curve up to `age` as straight pieces with how often each comes. */
function pieces(curve: Curve, age: Micros): readonly (readonly [times: number, piece: Piece])[] {
  switch (curve.kind) {
    case 'constant':
      return [[1, { lasts: age, from: curve.value, to: curve.value }]]
    case 'ramp': {
      const rising = Math.min(age, curve.over)
      return [[1, { lasts: rising, from: curve.from, to: amountAt(curve, rising) }], [1, { lasts: age - rising, from: curve.to, to: curve.to }]]
    }
    case 'leak':
      return [[1, { lasts: age, from: curve.from, to: curve.from + (curve.perSecond * age) / 1_000_000 }]]
    case 'spike': {
      const lasts = Math.min(curve.lasts, curve.every)
      const low = { from: curve.base, to: curve.base }
      const high = { from: curve.peak, to: curve.peak }
      const rest = age % curve.every
      const cycles = (age - rest) / curve.every
      const calm = Math.min(rest, curve.every - lasts)
      return [[cycles, { ...low, lasts: curve.every - lasts }], [cycles, { ...high, lasts }], [1, { ...low, lasts: calm }], [1, { ...high, lasts: rest - calm }]]
    }
  }
}

/** What a curve comes to in all up to `age` while it is held down to `limit`: amount × µs used, and for how long it was held, µs. */
export function heldDown(curve: Curve, limit: number | undefined, age: Micros): { readonly used: number; readonly held: Micros; readonly lost: number } {
  let used = 0
  let held = 0
  let wanted = 0
  for (const [times, { lasts, from, to }] of pieces(curve, age)) {
    if (times <= 0 || lasts <= 0) continue
    const whole = ((from + to) / 2) * lasts
    wanted += times * whole
    if (limit === undefined || Math.max(from, to) <= limit) {
      used += times * whole
      continue
    }
    // The part of the piece that is above the limit, and the triangle (or trapezoid) that is cut off there.
    const above = Math.min(from, to) >= limit ? lasts : (lasts * (Math.max(from, to) - limit)) / Math.abs(to - from)
    const cut = Math.min(from, to) >= limit ? whole - limit * lasts : (above * (Math.max(from, to) - limit)) / 2
    used += times * (whole - cut)
    held += times * above
  }
  return { used, held, lost: wanted - used }
}
