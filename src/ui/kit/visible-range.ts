/** Which rows of a long list to mount: those in sight and `spare` on either side. `to` is exclusive. */
export function visibleRange(
  count: number,
  rowPx: number,
  scrolledPx: number,
  heightPx: number,
  spare = 8,
): { readonly from: number; readonly to: number } {
  const first = Math.floor(scrolledPx / rowPx)
  const last = Math.ceil((scrolledPx + heightPx) / rowPx)
  return { from: Math.max(0, Math.min(count, first) - spare), to: Math.min(count, last + spare) }
}

/** Where to scroll so that row `index` is in sight; the same place when it is already. */
export function scrollToShow(index: number, rowPx: number, scrolledPx: number, heightPx: number): number {
  const top = index * rowPx
  if (top < scrolledPx) return top
  return top + rowPx > scrolledPx + heightPx ? top + rowPx - heightPx : scrolledPx
}
