import type { Assignment, Word } from './syntax.ts'

/** `NAME=value` at the head of a command. */
export function asAssignment(word: Word): Assignment | undefined {
  const [first, ...rest] = word.parts
  if (first?.p !== 'text' || first.quoted) return undefined
  const m = /^([A-Za-z_]\w*)(\+?)=/.exec(first.s)
  if (!m) return undefined
  const tail = first.s.slice(m[0].length)
  return { name: m[1]!, ...(m[2] ? { append: true } : {}), value: { parts: [...(tail ? [{ ...first, s: tail }] : []), ...rest], bare: word.bare } }
}
