import type { Word } from './syntax.ts'

const GROUP = /\{([^{}]*)\}/
const MOST = 2000

/** Brace expansion as bash has it: `{a,b}`, `{1..4}`, `{a..c}`, `{0..10..5}`, also nested. Words with commands in them stay as they are. */
export function expandBraces(word: Word): readonly Word[] {
  const at = word.parts.findIndex((part) => part.p === 'text' && !part.quoted && part.s.includes('{'))
  if (at < 0 || word.parts.some((part) => part.p === 'command')) return [word]
  const part = word.parts[at]!
  const texts = part.p === 'text' ? alternatives(part.s) : []
  if (texts.length < 2) return [word]
  return texts.slice(0, MOST).map((s) => ({ ...word, parts: word.parts.map((p, i) => (i === at ? { p: 'text' as const, s, quoted: false } : p)) }))
}

/** The innermost groups first; a group without a comma or a range is text. */
function alternatives(text: string): readonly string[] {
  let done: readonly string[] = [text]
  for (let round = 0; round < 20; round++) {
    const next = done.flatMap(once)
    if (next.length === done.length && next.every((t, i) => t === done[i])) break
    done = next.slice(0, MOST)
  }
  return done.map((t) => t.replaceAll('\u0001', '{').replaceAll('\u0002', '}'))
}

function once(text: string): readonly string[] {
  const m = GROUP.exec(text)
  if (!m) return [text]
  const [before, after] = [text.slice(0, m.index), text.slice(m.index + m[0].length)]
  const items = itemsOf(m[1]!)
  return items ? items.map((item) => before + item + after) : [`${before}\u0001${m[1]}\u0002${after}`]
}

function itemsOf(inner: string): readonly string[] | undefined {
  if (inner.includes(',')) return inner.split(',')
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(inner)
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.(-?\d+))?$/.exec(inner)
  const range = numbers ?? letters
  if (!range) return undefined
  const value = (word: string): number => (numbers ? Number(word) : word.charCodeAt(0))
  const [from, to] = [value(range[1]!), value(range[2]!)]
  const step = Math.max(1, Math.abs(Number(range[3] ?? 1)))
  const width = numbers && /^-?0\d/.test(range[1]!) ? range[1]!.length : 0
  const items: string[] = []
  for (let n = from; (from <= to ? n <= to : n >= to) && items.length < MOST; n += from <= to ? step : -step) items.push(numbers ? String(n).padStart(width, '0') : String.fromCharCode(n))
  return items
}
