/** How well a text answers a query: null when it does not, else lower is better. Letters must come in order. */
export function matchScore(query: string, text: string): number | null {
  const [wanted, within] = [query.trim().toLowerCase(), text.toLowerCase()]
  if (wanted === '') return 0
  const whole = within.indexOf(wanted)
  if (whole >= 0) return whole === 0 || /[\s/.-]/.test(within[whole - 1] ?? '') ? whole / 100 : 1 + whole / 100
  let at = -1
  let gaps = 0
  for (const letter of wanted) {
    if (letter === ' ') continue
    const found = within.indexOf(letter, at + 1)
    if (found < 0) return null
    if (at >= 0) gaps += found - at - 1
    at = found
  }
  return 10 + gaps
}
