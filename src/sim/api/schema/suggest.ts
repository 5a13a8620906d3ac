import { definitionOf, type Definition, type FieldSchema } from './schema.ts'

/** Levenshtein distance, cut off at `limit` + 1. */
export function editDistance(a: string, b: string, limit = 3): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return Math.min(row[b.length]!, limit + 1)
}

/**
 * What an unknown field such as "spec.containers[0].imaeg" was likely meant to be: the nearest field at that place, or
 * undefined. `def` is the definition of the whole object.
 */
export function suggestField(def: Definition, path: string): string | undefined {
  const steps = path.split('.')
  const last = steps.pop()!.replace(/\[\d+\]$/, '')
  let here: Definition | undefined = def
  for (const step of steps) {
    const field: FieldSchema | undefined = here?.fields.get(step.replace(/(\[\d+\])+$/, ''))
    here = field ? definitionOf(field.type) : undefined
  }
  return here ? suggest(last, here.fields.keys()) : undefined
}

/** "Did you mean": the nearest of the known words within a third of the word's length, or undefined. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.ceil(word.length / 3))
  const lower = word.toLowerCase()
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of known) {
    const distance = candidate.toLowerCase() === lower ? 0 : editDistance(lower, candidate.toLowerCase(), limit)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}
