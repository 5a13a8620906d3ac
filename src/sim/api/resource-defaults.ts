import { formatQuantity, parseQuantity, type ResourceList } from './quantity.ts'

const MILLI = -3

/** A quantity rounded up to thousandths; the same text where nothing is finer. */
function milli(text: string): string {
  const p = parseQuantity(text)
  if (typeof p === 'string' || p.scale >= MILLI) return text
  const unit = 10n ** BigInt(MILLI - p.scale)
  const whole = p.unscaled / unit
  const rest = p.unscaled % unit
  const up = rest === 0n ? whole : rest > 0n ? whole + 1n : whole - 1n
  return formatQuantity({ ...p, unscaled: up, scale: MILLI, cached: '' })
}

/** core/v1: SetDefaults_ResourceList. Amounts finer than thousandths are rounded up. */
export function roundedUp(list: ResourceList | undefined): ResourceList | undefined {
  if (!list) return list
  let out: Record<string, string> | undefined
  for (const name in list) {
    const next = milli(list[name]!)
    if (next !== list[name]) (out ??= { ...list })[name] = next
  }
  return out ?? list
}
