/** GA before beta before alpha, higher numbers first (apimachinery: version.CompareKubeAwareVersionStrings). */
export function byVersionPriority(a: string, b: string): number {
  const parts = (text: string): readonly [number, number, number] | undefined => {
    const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text)
    return found ? [found[2] === undefined ? 3 : found[2] === 'beta' ? 2 : 1, Number(found[1]), Number(found[3] ?? 0)] : undefined
  }
  const x = parts(a)
  const y = parts(b)
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : 1
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return y[i]! - x[i]!
  return 0
}
