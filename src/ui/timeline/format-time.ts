const two = (value: number): string => String(value).padStart(2, '0')

/** Virtual time since the session's start, µs, as "00:42" or "1:02:03". */
export function clockText(us: number): string {
  const whole = Math.floor(Math.max(0, us) / 1_000_000)
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`
}

/** The three digits after the point. */
export const millisText = (us: number): string => String(Math.floor((Math.max(0, us) % 1_000_000) / 1000)).padStart(3, '0')

/** "00:42.106" */
export const instantText = (us: number): string => `${clockText(us)}.${millisText(us)}`

/** A span of time in its largest unit: "5 ms", "1.4 s", "5 min". */
export function spanText(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`
  if (us < 1_000_000) return `${Math.round(us / 1000)} ms`
  if (us < 60_000_000) return `${Number((us / 1_000_000).toFixed(1))} s`
  if (us < 3_600_000_000) return `${Number((us / 60_000_000).toFixed(1))} min`
  return `${Number((us / 3_600_000_000).toFixed(1))} h`
}
