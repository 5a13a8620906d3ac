const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** 28230000 as "28.2 MB": sizes of images are counted in thousands. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${Number(value.toFixed(value < 10 && unit > 0 ? 1 : 0))} ${UNITS[unit]}`
}

/** 134217728 as "128 Mi": memory is counted in powers of two. */
export function mebiText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${Number((bytes / 2 ** 30).toFixed(2))} Gi`
  return bytes >= 2 ** 20 ? `${Number((bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0))} Mi` : `${Math.round(bytes / 1024)} Ki`
}
