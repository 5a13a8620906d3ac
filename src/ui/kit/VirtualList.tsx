import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { scrollToShow, visibleRange } from './visible-range.ts'

export interface VirtualListProps {
  readonly count: number
  /** Every row has this height. */
  readonly rowPx: number
  /** Renders one row; it fills a box of full width and `rowPx` height. */
  row(index: number): ReactNode
  readonly keyOf?: (index: number) => string | number
  /** The row to keep in sight whenever this number changes. */
  readonly shownIndex?: number
  readonly label: string
  readonly className?: string
}

/** A list of any length that mounts only what is in sight. */
export function VirtualList({ count, rowPx, row, keyOf, shownIndex, label, className }: VirtualListProps): ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const [scrolled, setScrolled] = useState(0)
  const [height, setHeight] = useState(400)
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setHeight(element.clientHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const element = box.current
    if (element === null || shownIndex === undefined) return
    element.scrollTop = scrollToShow(shownIndex, rowPx, element.scrollTop, element.clientHeight)
  }, [shownIndex, rowPx, count])
  const { from, to } = visibleRange(count, rowPx, scrolled, height)
  const rows: ReactNode[] = []
  for (let index = from; index < to; index++) {
    rows.push(
      <div
        key={keyOf?.(index) ?? index}
        role="listitem"
        aria-setsize={count}
        aria-posinset={index + 1}
        style={{ position: 'absolute', insetInline: 0, top: index * rowPx, height: rowPx }}
      >
        {row(index)}
      </div>,
    )
  }
  return (
    <div
      ref={box}
      className={className}
      role="group"
      aria-label={label}
      style={{ overflow: 'auto', position: 'relative', minHeight: 0 }}
      onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
      tabIndex={0}
    >
      <div role="list" style={{ position: 'relative', height: count * rowPx }}>
        {rows}
      </div>
    </div>
  )
}
