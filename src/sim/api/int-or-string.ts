import type { IntOrString } from './meta.ts'

/** "25%" to 25; undefined where the text is no percentage (whole, non-negative, followed by '%'). */
export function percentOf(text: string): number | undefined {
  return /^[+-]?\d+%$/.test(text) ? Number(text.slice(0, -1)) : undefined
}

/**
 * The number that an IntOrString means of a total: percentages are taken of it, rounded up or down
 * (apimachinery: intstr.GetScaledValueFromIntOrPercent). undefined where the text is no percentage.
 */
export function scaledValue(v: IntOrString | undefined, total: number, roundUp: boolean): number | undefined {
  if (v === undefined) return undefined
  if (typeof v === 'number') return v
  const percent = percentOf(v)
  if (percent === undefined) return undefined
  return roundUp ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100)
}
