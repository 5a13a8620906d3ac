/**
 * The ruler of the rail: maps instants (µs) to places from 0 to 1 and back. Spans in which nothing happens are drawn
 * shorter (by the logarithm), so that a burst of milliseconds stays visible beside a wait of five minutes.
 */
export interface RailScale {
  place(at: number): number
  instant(place: number): number
  /** Ends of the drawn spans, µs, from the first to the last. */
  readonly stops: readonly number[]
}

/** A silence longer than this is shortened, µs. */
const SILENCE = 4_000_000

const drawn = (span: number): number => (span <= SILENCE ? span : SILENCE * (1 + Math.log2(span / SILENCE) * 0.6))

/** `busy`: instants at which something happened, ascending, within from … to. */
export function railScale(from: number, to: number, busy: readonly number[]): RailScale {
  const stops = [from]
  for (const at of busy) if (at > (stops.at(-1) ?? from) && at < to) stops.push(at)
  stops.push(Math.max(to, from + 1))
  const ends = [0]
  for (let at = 1; at < stops.length; at++) ends.push((ends[at - 1] ?? 0) + drawn((stops[at] ?? 0) - (stops[at - 1] ?? 0)))
  const whole = ends.at(-1) ?? 1
  return {
    stops,
    place(at) {
      const span = spanOf(stops, at)
      const [a = 0, b = 1] = [stops[span], stops[span + 1]]
      const share = Math.min(1, Math.max(0, (at - a) / (b - a)))
      return ((ends[span] ?? 0) + share * ((ends[span + 1] ?? 0) - (ends[span] ?? 0))) / whole
    },
    instant(place) {
      const to = Math.min(1, Math.max(0, place)) * whole
      const span = spanOf(ends, to)
      const [a = 0, b = 1] = [ends[span], ends[span + 1]]
      const share = (to - a) / (b - a)
      return Math.round((stops[span] ?? 0) + share * ((stops[span + 1] ?? 0) - (stops[span] ?? 0)))
    },
  }
}

/** The last span that begins at or before a value, by halving. */
function spanOf(stops: readonly number[], value: number): number {
  let low = 0
  let high = stops.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((stops[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * 1_000_000)

/** Instants for the figures under the rail, at most `most`, on round steps since `from` and not closer than they can be read. */
export function railLabels(scale: RailScale, from: number, to: number, most: number): readonly number[] {
  const step = STEPS.find((candidate) => (to - from) / candidate <= most * 3) ?? (to - from) / most
  const labels: number[] = []
  let last = -1
  for (let at = from; at <= to; at += step) {
    const place = scale.place(at)
    if (place - last < 1 / most && last >= 0) continue
    labels.push(at)
    last = place
  }
  return labels
}
