/** Levenshtein distance, letters' case ignored (cobra: ld). */
function distance(a: string, b: string): number {
  const x = a.toLowerCase()
  const y = b.toLowerCase()
  let row = Array.from({ length: y.length + 1 }, (_, i) => i)
  for (let i = 1; i <= x.length; i++) {
    const next = [i]
    for (let j = 1; j <= y.length; j++) next.push(x[i - 1] === y[j - 1] ? row[j - 1]! : Math.min(row[j]!, next[j - 1]!, row[j - 1]!) + 1)
    row = next
  }
  return row[y.length]!
}

/** Commands that a mistyped word may have meant: two letters off at most, or that begin so (cobra: SuggestionsFor). */
export const suggestions = (word: string, known: readonly string[]): readonly string[] =>
  known.filter((k) => distance(word, k) <= 2 || k.toLowerCase().startsWith(word.toLowerCase()))
