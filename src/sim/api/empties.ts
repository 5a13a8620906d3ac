/**
 * Which optional lists and maps of a freshly decoded object were sent empty. Kubernetes keeps such a list apart from an
 * absent one until it is stored, and shows the difference in the values that its refusals print; nothing else depends on
 * it, so that what is stored, undone or replayed needs no marks.
 */
const marks = new WeakMap<object, readonly string[]>()
let any = false

export function markEmpty(owner: object, key: string): void {
  any = true
  marks.set(owner, [...(marks.get(owner) ?? []), key])
}

export const wasSentEmpty = (owner: object | undefined | null, key: string): boolean => any && !!owner && (marks.get(owner)?.includes(key) ?? false)

/** A copy remembers what its original was sent with. */
export function carryMarks(from: object, to: object): void {
  if (!any) return
  const list = marks.get(from)
  if (list) marks.set(to, list)
}
