/** A logarithmic slider's arithmetic: positions are whole notches, values grow by the same factor from notch to notch. */
export interface LogScale {
  readonly min: number
  readonly max: number
  /** Notches between min and max. */
  readonly notches: number
  /** One more notch after max stands for "as fast as it goes". */
  readonly unlimited: boolean
}

export function lastNotch(scale: LogScale): number {
  return scale.notches + (scale.unlimited ? 1 : 0)
}

/** The value at a notch, rounded to two significant digits so that it can be read aloud. */
export function valueAt(scale: LogScale, notch: number): number {
  if (notch > scale.notches) return Infinity
  const exact = scale.min * (scale.max / scale.min) ** (Math.max(0, notch) / scale.notches)
  return Number(exact.toPrecision(2))
}

/** The notch nearest to a value; outside the range the nearest end. */
export function notchOf(scale: LogScale, value: number): number {
  if (value === Infinity) return lastNotch(scale)
  const exact = (Math.log(value / scale.min) / Math.log(scale.max / scale.min)) * scale.notches
  return Math.min(scale.notches, Math.max(0, Math.round(exact)))
}
