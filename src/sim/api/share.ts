import { carryMarks } from './empties.ts'

/** Maps a list; the same list where no item changes. */
export function mapSame<T>(list: readonly T[] | undefined, fn: (item: T) => T): readonly T[] | undefined {
  if (!list) return list
  let out: T[] | undefined
  for (let i = 0; i < list.length; i++) {
    const item = list[i]!
    const next = fn(item)
    if (next !== item) (out ??= list.slice())[i] = next
  }
  return out ?? list
}

/** Sets members that differ; the same object where none does. undefined removes. */
export function assignSame<T extends object>(obj: T, changes: Partial<T>): T {
  let out: Record<string, unknown> | undefined
  for (const key in changes) {
    const value = changes[key]
    if (obj[key] === value) continue
    if (!out) {
      out = { ...(obj as Record<string, unknown>) }
      carryMarks(obj, out)
    }
    if (value === undefined) delete out[key]
    else out[key] = value
  }
  return (out as T | undefined) ?? obj
}
